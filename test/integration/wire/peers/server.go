// A TLS server that echoes one byte. Arguments: certificate, key, client roots, none|want|need. Prints its port.
package main

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"os"
)

func main() {
	pair, err := tls.LoadX509KeyPair(os.Args[1], os.Args[2])
	if err != nil {
		panic(err)
	}
	roots := x509.NewCertPool()
	pem, err := os.ReadFile(os.Args[3])
	if err != nil {
		panic(err)
	}
	roots.AppendCertsFromPEM(pem)
	modes := map[string]tls.ClientAuthType{
		"none": tls.NoClientCert,
		"want": tls.VerifyClientCertIfGiven,
		"need": tls.RequireAndVerifyClientCert,
	}
	listener, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{
		Certificates: []tls.Certificate{pair},
		ClientCAs:    roots,
		ClientAuth:   modes[os.Args[4]],
	})
	if err != nil {
		panic(err)
	}
	fmt.Printf("PORT %d\n", listener.Addr().(*net.TCPAddr).Port)
	for {
		conn, err := listener.Accept()
		if err != nil {
			return
		}
		go func() {
			defer conn.Close()
			buffer := make([]byte, 1)
			if _, err := io.ReadFull(conn, buffer); err == nil {
				conn.Write(buffer)
			} else {
				fmt.Fprintln(os.Stderr, err)
			}
		}()
	}
}
