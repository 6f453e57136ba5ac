import java.io.FileInputStream;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.util.Collections;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

/**
 * Opens key stores and trust stores as a server would: `TYPE KEYSTORE TRUSTSTORE PASSWORD-FILE`. Prints what is in
 * them, signs with the key, and makes a mutual TLS handshake with itself.
 */
public final class Stores {
  public static void main(String[] args) throws Exception {
    String line = new String(new FileInputStream(args[3]).readAllBytes(), "US-ASCII");
    char[] password = line.strip().toCharArray();
    KeyStore own = load(args[0], args[1], password);
    KeyStore trusted = load(args[0], args[2], password);

    for (String alias : Collections.list(own.aliases())) {
      PrivateKey key = (PrivateKey) own.getKey(alias, password);
      X509Certificate certificate = (X509Certificate) own.getCertificate(alias);
      System.out.println("key " + alias + " " + own.getCertificateChain(alias).length + " " + signs(key, certificate));
    }
    for (String alias : Collections.list(trusted.aliases())) {
      System.out.println("trusted " + alias + " " + trusted.isCertificateEntry(alias));
    }

    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(own, password);
    TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
    System.out.println("handshake " + handshake(context));
  }

  private static KeyStore load(String type, String path, char[] password) throws Exception {
    KeyStore store = KeyStore.getInstance(type);
    try (FileInputStream input = new FileInputStream(path)) {
      store.load(input, password);
    }
    return store;
  }

  private static boolean signs(PrivateKey key, X509Certificate certificate) throws Exception {
    String algorithm = key.getAlgorithm().equals("RSA") ? "SHA256withRSA" : "SHA256withECDSA";
    Signature signature = Signature.getInstance(algorithm);
    signature.initSign(key);
    signature.update(new byte[] {1});
    byte[] signed = signature.sign();
    signature.initVerify(certificate);
    signature.update(new byte[] {1});
    return signature.verify(signed);
  }

  private static String handshake(SSLContext context) throws Exception {
    try (SSLServerSocket server = (SSLServerSocket) context.getServerSocketFactory().createServerSocket(0)) {
      server.setNeedClientAuth(true);
      Thread thread = new Thread(() -> {
        try (SSLSocket peer = (SSLSocket) server.accept()) {
          peer.getOutputStream().write(peer.getInputStream().read());
        } catch (Exception error) {
          System.out.println("server " + error);
        }
      });
      thread.start();
      try (SSLSocket client = (SSLSocket) context.getSocketFactory().createSocket("localhost", server.getLocalPort())) {
        var parameters = client.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        client.setSSLParameters(parameters);
        client.getOutputStream().write(7);
        int answer = client.getInputStream().read();
        thread.join();
        return answer + " " + client.getSession().getPeerCertificates().length;
      }
    }
  }
}
