package org.isthmus.apiserver;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.Collections;
import java.util.Date;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * A controller's own CA and its server's certificate, in one folder: `ca-cert.pem`, `ca-key.pem`, `server-cert.pem`,
 * `server-key.pem`, all 0600. The JDK's providers do the arithmetic; none is added to it.
 */
final class Authority {
    private static final Duration VALID = Duration.ofDays(3650);
    /** The name that Juju's clients expect whatever the address is. */
    private static final String NAME = "juju-apiserver";

    private static final Pattern IPV4 = Pattern.compile("[0-9]{1,3}(\\.[0-9]{1,3}){3}");

    private final Path folder;
    private final SecureRandom random = new SecureRandom();

    Authority(Path folder) {
        this.folder = folder;
    }

    /** What the server shows. */
    record Shown(PrivateKey key, List<X509Certificate> chain) {}

    void create(String controllerName) throws IOException {
        if (Files.exists(folder.resolve("ca-cert.pem")) || Files.exists(folder.resolve("ca-key.pem"))) {
            throw new IOException("there is a CA in " + folder + " already");
        }
        Files.createDirectories(folder);
        try {
            KeyPair ca = newKey();
            X500Name name = new X500NameBuilder(BCStyle.INSTANCE)
                    .addRDN(BCStyle.O, "isthmus")
                    .addRDN(BCStyle.CN, "juju-generated CA for controller \"" + controllerName + "\"")
                    .build();
            var builder = builder(name, name, ca.getPublic());
            var extensions = new JcaX509ExtensionUtils();
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(0));
            builder.addExtension(
                    Extension.keyUsage,
                    true,
                    new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign | KeyUsage.digitalSignature));
            builder.addExtension(
                    Extension.subjectKeyIdentifier, false, extensions.createSubjectKeyIdentifier(ca.getPublic()));
            X509Certificate cert = sign(builder, ca.getPrivate());
            write("ca-key.pem", "PRIVATE KEY", ca.getPrivate().getEncoded());
            write("ca-cert.pem", "CERTIFICATE", cert.getEncoded());
            issue(Set.of());
        } catch (GeneralSecurityException | OperatorCreationException failed) {
            throw new IOException("cannot make the controller's CA: " + failed.getMessage(), failed);
        }
    }

    String caCert() throws IOException {
        try {
            return Files.readString(folder.resolve("ca-cert.pem"));
        } catch (NoSuchFileException missing) {
            throw new IOException("there is no CA in " + folder, missing);
        }
    }

    /** The server's key and certificate; issued anew by the same CA when it does not name one of these hosts, or ends soon. */
    Shown server(Collection<String> hosts) throws IOException {
        caCert();
        try {
            if (!Files.exists(folder.resolve("server-cert.pem")) || !serves(certificate("server-cert.pem"), hosts)) {
                issue(hosts);
            }
            return new Shown(
                    key("server-key.pem"), List.of(certificate("server-cert.pem"), certificate("ca-cert.pem")));
        } catch (GeneralSecurityException | OperatorCreationException failed) {
            throw new IOException("cannot read the controller's certificate: " + failed.getMessage(), failed);
        }
    }

    private static boolean serves(X509Certificate certificate, Collection<String> hosts)
            throws GeneralSecurityException, IOException {
        if (certificate.getNotAfter().toInstant().isBefore(Instant.now().plus(Duration.ofDays(90)))) {
            return false;
        }
        Set<Object> named = new LinkedHashSet<>();
        for (List<?> name : certificate.getSubjectAlternativeNames()) {
            named.add(canonical(name.get(1).toString()));
        }
        for (String host : hosts) {
            if (!named.contains(canonical(host))) {
                return false;
            }
        }
        return true;
    }

    /** One spelling of an IPv6 address; no name is ever looked up. */
    private static String canonical(String host) throws UnknownHostException {
        return host.contains(":") ? InetAddress.getByName(host).getHostAddress() : host;
    }

    private void issue(Collection<String> hosts)
            throws GeneralSecurityException, IOException, OperatorCreationException {
        Set<String> names = new LinkedHashSet<>(List.of("localhost", NAME, "127.0.0.1", "::1"));
        names.addAll(hosts);
        names.addAll(thisHost());
        List<GeneralName> alternatives = new ArrayList<>();
        for (String name : names) {
            boolean address = name.contains(":") || IPV4.matcher(name).matches();
            alternatives.add(
                    address
                            ? new GeneralName(
                                    GeneralName.iPAddress,
                                    new DEROctetString(
                                            InetAddress.getByName(name).getAddress()))
                            : new GeneralName(GeneralName.dNSName, name));
        }
        KeyPair key = newKey();
        X509Certificate ca = certificate("ca-cert.pem");
        var builder = builder(
                X500Name.getInstance(ca.getSubjectX500Principal().getEncoded()),
                new X500NameBuilder(BCStyle.INSTANCE)
                        .addRDN(BCStyle.O, "isthmus")
                        .addRDN(BCStyle.CN, NAME)
                        .build(),
                key.getPublic());
        var extensions = new JcaX509ExtensionUtils();
        builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
        builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
        builder.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(KeyPurposeId.id_kp_serverAuth));
        builder.addExtension(
                Extension.subjectKeyIdentifier, false, extensions.createSubjectKeyIdentifier(key.getPublic()));
        builder.addExtension(
                Extension.authorityKeyIdentifier, false, extensions.createAuthorityKeyIdentifier(ca.getPublicKey()));
        builder.addExtension(
                Extension.subjectAlternativeName, false, new GeneralNames(alternatives.toArray(new GeneralName[0])));
        X509Certificate cert = sign(builder, key("ca-key.pem"));
        write("server-key.pem", "PRIVATE KEY", key.getPrivate().getEncoded());
        write("server-cert.pem", "CERTIFICATE", cert.getEncoded());
    }

    private static List<String> thisHost() {
        List<String> names = new ArrayList<>();
        try {
            String host = InetAddress.getLocalHost().getHostName();
            if (host.matches("[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?")) {
                names.add(host);
            }
        } catch (UnknownHostException nameless) {
            // A host without a name of its own is reached by its addresses.
        }
        try {
            for (NetworkInterface card : Collections.list(NetworkInterface.getNetworkInterfaces())) {
                for (InetAddress address : Collections.list(card.getInetAddresses())) {
                    if (!address.isLinkLocalAddress() && !address.isLoopbackAddress()) {
                        String text = address.getHostAddress();
                        int zone = text.indexOf('%');
                        names.add(zone < 0 ? text : text.substring(0, zone));
                    }
                }
            }
        } catch (SocketException unknown) {
            // The addresses given by the caller are enough.
        }
        return names;
    }

    private KeyPair newKey() throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"), random);
        return generator.generateKeyPair();
    }

    private JcaX509v3CertificateBuilder builder(X500Name issuer, X500Name subject, PublicKey key) {
        Instant now = Instant.now();
        return new JcaX509v3CertificateBuilder(
                issuer,
                new BigInteger(120, random).add(BigInteger.ONE),
                Date.from(now.minus(Duration.ofDays(1))),
                Date.from(now.plus(VALID)),
                subject,
                key);
    }

    private static X509Certificate sign(JcaX509v3CertificateBuilder builder, PrivateKey key)
            throws GeneralSecurityException, OperatorCreationException {
        return new JcaX509CertificateConverter()
                .getCertificate(builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(key)));
    }

    private X509Certificate certificate(String file) throws IOException, GeneralSecurityException {
        return (X509Certificate) CertificateFactory.getInstance("X.509")
                .generateCertificate(new ByteArrayInputStream(Files.readAllBytes(folder.resolve(file))));
    }

    private PrivateKey key(String file) throws IOException, GeneralSecurityException {
        String base64 = Files.readString(folder.resolve(file)).replaceAll("-----[A-Z ]+-----", "");
        return KeyFactory.getInstance("EC")
                .generatePrivate(new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(base64)));
    }

    /** Never readable by others, not even for a moment; whole or not at all. */
    private void write(String file, String kind, byte[] der) throws IOException {
        String text = "-----BEGIN " + kind + "-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der) + "\n-----END " + kind + "-----\n";
        Path half = folder.resolve(file + ".new");
        Files.deleteIfExists(half);
        Files.createFile(half, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(half, text, StandardCharsets.US_ASCII, StandardOpenOption.WRITE, StandardOpenOption.SYNC);
        Files.move(half, folder.resolve(file), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
