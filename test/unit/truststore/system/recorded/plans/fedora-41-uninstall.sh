## system
# remove the root
sudo rm -f -- /etc/pki/ca-trust/source/anchors/devca-320210090f4d54c4.pem
# rebuild /etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem and what belongs to it
sudo /usr/bin/update-ca-trust extract
