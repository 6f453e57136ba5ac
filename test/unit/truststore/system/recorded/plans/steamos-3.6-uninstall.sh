## system
# remove the root
sudo rm -f -- /etc/ca-certificates/trust-source/anchors/devca-320210090f4d54c4.crt
# rebuild /etc/ca-certificates/extracted/tls-ca-bundle.pem and what belongs to it
sudo /usr/bin/update-ca-trust
