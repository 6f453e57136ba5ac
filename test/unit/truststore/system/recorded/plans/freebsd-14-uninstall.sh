## system
# remove the root
sudo rm -f -- /usr/local/share/certs/devca-320210090f4d54c4.crt
# rebuild /etc/ssl/certs and what belongs to it
sudo /usr/sbin/certctl rehash
