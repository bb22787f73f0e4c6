package org.isthmus.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Base64;
import java.util.HexFormat;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.isthmus.api.Code;
import org.isthmus.api.Problem;
import org.isthmus.rpc.Json;

/**
 * A controller whose CA is not known yet. The connection proves nothing: what goes over it must be sealed, as a registration is.
 * Blocks its thread.
 */
public final class FirstContact {
    private static final int LIMIT = 1 << 20;

    private final ObjectMapper json = Json.newMapper();
    private final Duration timeout;

    public FirstContact(Duration timeout) {
        this.timeout = timeout;
    }

    /**
     * Sends JSON, answers JSON; fails with {@link org.isthmus.api.Refused} where the controller refuses.
     *
     * @param address `host:port`
     */
    public JsonNode post(String address, String path, Object body) throws IOException {
        HttpsURLConnection connection =
                (HttpsURLConnection) uri(address, path).toURL().openConnection();
        connection.setSSLSocketFactory(trusting().getSocketFactory());
        connection.setHostnameVerifier((host, session) -> true);
        connection.setConnectTimeout((int) timeout.toMillis());
        connection.setReadTimeout((int) timeout.toMillis());
        connection.setInstanceFollowRedirects(false);
        connection.setUseCaches(false);
        connection.setRequestMethod("POST");
        connection.setRequestProperty("Content-Type", "application/json");
        connection.setDoOutput(true);
        try {
            try (OutputStream out = connection.getOutputStream()) {
                out.write(json.writeValueAsBytes(body));
            }
            int status = connection.getResponseCode();
            JsonNode answer = read(status < 400 ? connection.getInputStream() : connection.getErrorStream());
            if (status != 200) {
                JsonNode error = answer.has("error") && answer.path("error").isObject() ? answer.path("error") : answer;
                String message =
                        error.path("message").asText(error.path("error").asText("status " + status));
                throw Problem.refuse(status == 401 ? Code.UNAUTHORIZED : Code.NONE, "%s", message);
            }
            return answer;
        } finally {
            connection.disconnect();
        }
    }

    /**
     * The CA by which the controller at this address proves itself, in PEM. Whether it is the right one only somebody can say who
     * knows its {@link #fingerprint}.
     */
    public String authority(String address) throws IOException {
        URI uri = uri(address, "/");
        int port = uri.getPort();
        if (uri.getHost() == null || port < 0) {
            throw new IOException("\"" + address + "\" is no address of a controller");
        }
        try (SSLSocket socket = (SSLSocket) trusting().getSocketFactory().createSocket()) {
            socket.connect(
                    new InetSocketAddress(uri.getHost().replaceAll("^\\[|]$", ""), port), (int) timeout.toMillis());
            socket.setSoTimeout((int) timeout.toMillis());
            socket.startHandshake();
            Certificate[] chain = socket.getSession().getPeerCertificates();
            if (!(chain[chain.length - 1] instanceof X509Certificate ca) || ca.getBasicConstraints() < 0) {
                throw new IOException("the controller at " + address + " does not show its certificate authority");
            }
            return "-----BEGIN CERTIFICATE-----\n"
                    + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(ca.getEncoded())
                    + "\n-----END CERTIFICATE-----\n";
        } catch (CertificateEncodingException everyCertificateHasOne) {
            throw new IOException(everyCertificateHasOne);
        }
    }

    /** SHA-256 of a certificate in PEM, as `AB:CD:…`. */
    public static String fingerprint(String pem) throws IOException {
        try {
            byte[] der = CertificateFactory.getInstance("X.509")
                    .generateCertificate(new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII)))
                    .getEncoded();
            return HexFormat.ofDelimiter(":")
                    .withUpperCase()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(der));
        } catch (GeneralSecurityException bad) {
            throw new IOException("no certificate: " + bad.getMessage(), bad);
        }
    }

    private JsonNode read(InputStream stream) throws IOException {
        if (stream == null) {
            return json.createObjectNode();
        }
        try (stream) {
            byte[] bytes = stream.readNBytes(LIMIT);
            return bytes.length == 0 ? json.createObjectNode() : json.readTree(bytes);
        }
    }

    private static URI uri(String address, String path) throws IOException {
        try {
            return new URI("https://" + address + path);
        } catch (URISyntaxException bad) {
            throw new IOException("\"" + address + "\" is no address of a controller", bad);
        }
    }

    private static SSLContext trusting() throws IOException {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {new Anybody()}, new SecureRandom());
            return context;
        } catch (GeneralSecurityException everyJavaHasIt) {
            throw new IOException(everyJavaHasIt);
        }
    }

    /** Believes every certificate, and no host name is compared. */
    private static final class Anybody extends X509ExtendedTrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
