// Reads trials as JSON from standard input, holds a handshake of each at both ends, and prints the verdicts.
package main

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"os"
	"time"
)

type files struct{ Fullchain, Key string }

type trial struct {
	ID, Root, Purpose        string
	Certificate, Counterpart files
	Name                     *struct{ Value string }
}

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

func config(root string, own files, version uint16) *tls.Config {
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(must(os.ReadFile(root)))
	return &tls.Config{
		Certificates: []tls.Certificate{must(tls.LoadX509KeyPair(own.Fullchain, own.Key))},
		RootCAs:      roots,
		ClientCAs:    roots,
		ClientAuth:   tls.RequireAndVerifyClientCert,
		MinVersion:   version,
		MaxVersion:   version,
	}
}

// echo sends one byte back.
func echo(conn net.Conn) error {
	defer conn.Close()
	buffer := make([]byte, 1)
	if _, err := io.ReadFull(conn, buffer); err != nil {
		return err
	}
	_, err := conn.Write(buffer)
	return err
}

func ask(conn net.Conn) error {
	defer conn.Close()
	if _, err := conn.Write([]byte("x")); err != nil {
		return err
	}
	_, err := io.ReadFull(conn, make([]byte, 1))
	return err
}

// handshake returns what the client or the server had against the other.
func handshake(t trial, version uint16) error {
	server, client := t.Certificate, t.Counterpart
	if t.Purpose == "client" {
		server, client = client, server
	}
	name := "localhost"
	if t.Name != nil {
		name = t.Name.Value
	}
	// Without this a client keeps a certificate to itself that the server would refuse.
	clientConfig := config(t.Root, client, version)
	shown := clientConfig.Certificates[0]
	clientConfig.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return &shown, nil }
	clientConfig.ServerName = name

	listener := must(net.Listen("tcp", "127.0.0.1:0"))
	defer listener.Close()
	againstClient := make(chan error, 1)
	go func() {
		conn := must(listener.Accept())
		conn.SetDeadline(time.Now().Add(5 * time.Second))
		againstClient <- echo(tls.Server(conn, config(t.Root, server, version)))
	}()
	conn := must(net.Dial("tcp", listener.Addr().String()))
	conn.SetDeadline(time.Now().Add(5 * time.Second))
	againstServer := ask(tls.Client(conn, clientConfig))
	first, second := againstServer, <-againstClient
	if t.Purpose == "client" {
		first, second = second, first
	}
	if first != nil {
		return first
	}
	return second
}

func main() {
	var trials []trial
	if err := json.NewDecoder(os.Stdin).Decode(&trials); err != nil {
		panic(err)
	}
	for _, t := range trials {
		for label, version := range map[string]uint16{"1.2": tls.VersionTLS12, "1.3": tls.VersionTLS13} {
			verdict := map[string]string{"id": t.ID}
			if err := handshake(t, version); err != nil {
				verdict["refusal"] = fmt.Sprintf("%s: %v", label, err)
			}
			line := must(json.Marshal(verdict))
			fmt.Println(string(line))
		}
	}
}
