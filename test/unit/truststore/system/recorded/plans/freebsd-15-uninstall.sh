## system
# remove the root
sudo rm -f -- /usr/local/share/certs/devca-320210090f4d54c4.crt
# remove the copy that certctl keeps
sudo rm -f -- /etc/ssl/certs/f6206079.0
# rebuild /etc/ssl/cert.pem and what belongs to it
sudo /usr/sbin/certctl rehash
# remove the folder, which was not there before
sudo rmdir /usr/local/share/certs
