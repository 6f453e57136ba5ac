## system
# remove the root
sudo rm -f -- /usr/local/share/ca-certificates/devca-320210090f4d54c4.crt
# rebuild /etc/ssl/certs/ca-certificates.crt and what belongs to it
sudo /usr/sbin/update-ca-certificates --fresh
