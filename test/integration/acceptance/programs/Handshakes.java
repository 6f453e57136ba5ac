import java.io.*;
import java.net.*;
import java.nio.file.*;
import java.security.*;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.*;
import java.util.*;
import java.util.concurrent.*;
import javax.net.ssl.*;

/**
 * Reads trials as lines of tab-separated fields from standard input, holds a handshake of each at both ends, and prints
 * a line for each verdict.
 */
class Handshakes {
  static final ExecutorService THREADS = Executors.newCachedThreadPool();

  public static void main(String[] args) throws Exception {
    var lines = new BufferedReader(new InputStreamReader(System.in, "UTF-8")).lines().toList();
    for (String line : lines) {
      String[] fields = line.split("\t", -1);
      for (String version : List.of("TLSv1.2", "TLSv1.3")) {
        String refusal = handshake(fields, version);
        System.out.println(fields[0] + "\t" + (refusal == null ? "" : version + ": " + refusal));
      }
    }
    THREADS.shutdownNow();
  }

  /** What the client or the server had against the other. */
  static String handshake(String[] fields, String version) throws Exception {
    boolean byServer = fields[1].equals("client");
    String name = fields[2].isEmpty() ? "localhost" : fields[2];
    SSLContext own = context(fields[3], fields[4], fields[5]);
    SSLContext other = context(fields[3], fields[6], fields[7]);
    try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Future<String> againstClient = THREADS.submit(() -> serve(listener, byServer ? other : own, version));
      String againstServer = ask(listener, byServer ? own : other, version, name);
      String said = againstClient.get(10, TimeUnit.SECONDS);
      String first = byServer ? said : againstServer;
      return first != null ? first : byServer ? againstServer : said;
    }
  }

  static String serve(ServerSocket listener, SSLContext context, String version) {
    try (Socket plain = listener.accept()) {
      plain.setSoTimeout(5000);
      plain.setTcpNoDelay(true);
      var socket = (SSLSocket) context.getSocketFactory().createSocket(plain, null, false);
      socket.setEnabledProtocols(new String[] {version});
      socket.setNeedClientAuth(true);
      socket.getOutputStream().write(socket.getInputStream().read());
      socket.close();
      return null;
    } catch (Exception error) {
      return describe(error);
    }
  }

  static String ask(ServerSocket listener, SSLContext context, String version, String name) {
    try (Socket plain = new Socket(listener.getInetAddress(), listener.getLocalPort())) {
      plain.setSoTimeout(5000);
      plain.setTcpNoDelay(true);
      var socket = (SSLSocket) context.getSocketFactory().createSocket(plain, name, listener.getLocalPort(), false);
      SSLParameters parameters = socket.getSSLParameters();
      parameters.setEndpointIdentificationAlgorithm("HTTPS");
      parameters.setProtocols(new String[] {version});
      socket.setSSLParameters(parameters);
      socket.getOutputStream().write('x');
      int answer = socket.getInputStream().read();
      // The next trial must not resume what was judged here.
      socket.getSession().invalidate();
      return answer == 'x' ? null : "nothing came back";
    } catch (Exception error) {
      return describe(error);
    }
  }

  static final Map<String, SSLContext> CONTEXTS = new HashMap<>();

  static SSLContext context(String root, String fullchain, String key) throws Exception {
    String name = root + fullchain;
    if (CONTEXTS.containsKey(name)) return CONTEXTS.get(name);
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry("root", certificates(root)[0]);
    var anchors = TrustManagerFactory.getInstance("PKIX");
    anchors.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    KeyManager[] own = {new OneIdentity(certificates(fullchain), privateKey(key))};
    context.init(own, anchors.getTrustManagers(), null);
    CONTEXTS.put(name, context);
    return context;
  }

  /** JSSE's own would keep a certificate to itself that the server is going to refuse. */
  static class OneIdentity extends X509ExtendedKeyManager {
    final X509Certificate[] chain;
    final PrivateKey key;

    OneIdentity(X509Certificate[] chain, PrivateKey key) {
      this.chain = chain;
      this.key = key;
    }

    String aliasFor(String type) {
      return chain[0].getPublicKey().getAlgorithm().equals(type) ? "own" : null;
    }

    public String chooseClientAlias(String[] types, Principal[] issuers, Socket socket) {
      return Arrays.stream(types).map(this::aliasFor).filter(Objects::nonNull).findFirst().orElse(null);
    }

    public String chooseServerAlias(String type, Principal[] issuers, Socket socket) {
      return aliasFor(type);
    }

    public X509Certificate[] getCertificateChain(String alias) {
      return chain;
    }

    public PrivateKey getPrivateKey(String alias) {
      return key;
    }

    public String[] getClientAliases(String type, Principal[] issuers) {
      return new String[] {"own"};
    }

    public String[] getServerAliases(String type, Principal[] issuers) {
      return new String[] {"own"};
    }
  }

  static X509Certificate[] certificates(String file) throws Exception {
    try (var in = new FileInputStream(file)) {
      return CertificateFactory.getInstance("X.509").generateCertificates(in).toArray(new X509Certificate[0]);
    }
  }

  static PrivateKey privateKey(String file) throws Exception {
    String text = Files.readString(Path.of(file)).replaceAll("-----[A-Z ]+-----|\\s", "");
    var encoded = new PKCS8EncodedKeySpec(Base64.getDecoder().decode(text));
    for (String algorithm : List.of("EC", "RSA", "EdDSA")) {
      try {
        return KeyFactory.getInstance(algorithm).generatePrivate(encoded);
      } catch (InvalidKeySpecException error) {
        // Another kind.
      }
    }
    throw new IOException("no key in " + file);
  }

  static String describe(Throwable error) {
    var said = new StringBuilder();
    for (Throwable at = error; at != null; at = at.getCause()) said.append(at).append(" <- ");
    return said.toString().replaceAll("\\s", " ");
  }
}
