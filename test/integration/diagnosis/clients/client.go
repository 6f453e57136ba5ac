// One line of tab-separated fields per case on standard input; what Go says about each on standard output.
// With a certificate and a key file as arguments: what Go says about that pair.
package main

import (
	"bufio"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"time"
)

func main() {
	if len(os.Args) == 3 {
		_, err := tls.LoadX509KeyPair(os.Args[1], os.Args[2])
		fmt.Println(err)
		return
	}
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		f := strings.Split(lines.Text(), "\t")
		if err := get(f); err != nil {
			fmt.Printf("## %s refused\n%v\n", f[0], err)
		} else {
			fmt.Printf("## %s accepted\n", f[0])
		}
	}
}

func get(f []string) error {
	config := &tls.Config{RootCAs: x509.NewCertPool()}
	pem, err := os.ReadFile(f[4])
	if err != nil {
		return err
	}
	config.RootCAs.AppendCertsFromPEM(pem)
	if f[5] != "" {
		pair, err := tls.LoadX509KeyPair(f[5], f[6])
		if err != nil {
			return err
		}
		config.Certificates = []tls.Certificate{pair}
	}
	if f[8] != "" {
		config.NextProtos = []string{f[8]}
	}
	if f[9] != "" {
		config.MaxVersion = tls.VersionTLS12
	}
	client := &http.Client{Timeout: 2 * time.Second, Transport: &http.Transport{TLSClientConfig: config}}
	answer, err := client.Get(f[1] + "://" + f[2] + ":" + f[3] + "/")
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	_, err = io.ReadAll(answer.Body)
	return err
}
