// Fetches a page with Go's own client, which trusts the roots in SSL_CERT_FILE.
package main

import (
	"fmt"
	"net/http"
	"os"
)

func main() {
	response, err := http.Get(os.Args[1])
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	fmt.Println(response.StatusCode)
}
