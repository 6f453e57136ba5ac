## system
# remove the root
sudo rm -f -- /etc/ssl/certs/devca-320210090f4d54c4.pem
# rebuild /etc/ssl/certs/ca-certificates.crt and what belongs to it
sudo /usr/sbin/update-ca-certificates
