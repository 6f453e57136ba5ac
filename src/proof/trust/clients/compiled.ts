import { join } from 'node:path';
import type { TrustClient } from '../trust-client.ts';

const JAVA = `
import java.io.*;
import java.net.*;
import java.nio.file.*;

public class DevcaFetch {
  public static void main(String[] args) throws Exception {
    System.out.println("devca-version: " + System.getProperty("java.version"));
    Path security = Paths.get(System.getProperty("java.home"), "lib", "security");
    Path own = Files.exists(security.resolve("jssecacerts")) ? security.resolve("jssecacerts") : security.resolve("cacerts");
    System.out.println("devca-store: " + System.getProperty("javax.net.ssl.trustStore", own.toString()));
    URLConnection connection = new URL(args[0]).openConnection(Proxy.NO_PROXY);
    try (BufferedReader reader = new BufferedReader(new InputStreamReader(connection.getInputStream()))) {
      reader.lines().forEach(System.out::println);
    } catch (IOException error) {
      System.err.println(error);
      System.exit(1);
    }
  }
}
`;

const GO = `
package main

import (
	"crypto/tls"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
)

func main() {
	fmt.Println("devca-version:", strings.TrimPrefix(runtime.Version(), "go"))
	connection, err := tls.Dial("tcp", os.Args[1], nil)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Fprint(connection, "GET / HTTP/1.0\\r\\n\\r\\n")
	io.Copy(os.Stdout, connection)
}
`;

const GO_SETTINGS = { GO111MODULE: 'off', GOTOOLCHAIN: 'local', CGO_ENABLED: '0' };

/** Languages with a compiler, which takes a while. */
export const compiledClients: readonly TrustClient[] = [
  {
    id: 'java',
    name: 'Java',
    programs: ['java'],
    further: ['/usr/lib/jvm/*/bin/java', '~/.sdkman/candidates/java/*/bin/java'],
    store: 'java',
    variables: [
      ['JAVA_TOOL_OPTIONS', /javax\.net\.ssl\.trustStore/],
      ['JDK_JAVA_OPTIONS', /javax\.net\.ssl\.trustStore/],
      ['_JAVA_OPTIONS', /javax\.net\.ssl\.trustStore/],
    ],
    unverified: 'java -XshowSettings:properties -version',
    timeLimitMs: 40_000,
    fetch: async ({ url }, { program, environment, timeLimitMs, scratch, signal }, world) => {
      const source = join(scratch, 'DevcaFetch.java');
      world.files.createExclusive(source, Buffer.from(JAVA), 0o600);
      // Performance data would stay in /tmp where the run is ended early.
      return world.exec.run(program, ['-XX:TieredStopAtLevel=1', '-XX:-UsePerfData', source, url], {
        environment,
        timeoutMs: timeLimitMs,
        workingFolder: scratch,
        signal,
      });
    },
  },
  {
    id: 'go',
    name: 'Go',
    programs: ['go', '/usr/local/go/bin/go'],
    store: 'system',
    variables: [['SSL_CERT_FILE'], ['SSL_CERT_DIR']],
    unverified: 'go env',
    // Where nothing of the standard library is compiled yet, all of it is.
    timeLimitMs: 120_000,
    fetch: async ({ host, port }, { program, environment, timeLimitMs, scratch, signal }, world) => {
      const source = join(scratch, 'fetch.go');
      world.files.createExclusive(source, Buffer.from(GO), 0o600);
      return world.exec.run(program, ['run', source, `${host}:${port}`], {
        environment: { ...environment, ...GO_SETTINGS, GOTMPDIR: scratch },
        timeoutMs: timeLimitMs,
        workingFolder: scratch,
        signal,
      });
    },
  },
];
