## system
# remove the root
sudo rm -f -- /etc/pki/trust/anchors/devca-320210090f4d54c4.pem
# rebuild /var/lib/ca-certificates/ca-bundle.pem and what belongs to it
sudo /usr/sbin/update-ca-certificates --fresh
