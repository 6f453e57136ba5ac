import java.io.FileInputStream;
import java.security.KeyStore;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

/** A TLS client that reads one byte. Arguments: port, key store, trust store, password. */
public class Client {
  public static void main(String[] args) throws Exception {
    char[] password = args[3].toCharArray();
    KeyStore keys = KeyStore.getInstance("PKCS12");
    keys.load(new FileInputStream(args[1]), password);
    KeyManagerFactory keyManagers = KeyManagerFactory.getInstance("SunX509");
    keyManagers.init(keys, password);
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(new FileInputStream(args[2]), password);
    TrustManagerFactory trustManagers = TrustManagerFactory.getInstance("PKIX");
    trustManagers.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keyManagers.getKeyManagers(), trustManagers.getTrustManagers(), null);
    try (SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket("127.0.0.1", Integer.parseInt(args[0]))) {
      socket.getOutputStream().write('x');
      System.out.println(socket.getInputStream().read());
    }
  }
}
