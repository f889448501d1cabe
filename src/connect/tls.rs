//! TLS as libpq's settings mean it, by rustls with ring: never weaker than libpq for the same setting.

mod verifier;

use std::error::Error as StdError;
use std::fmt::Display;
use std::fs;
use std::io;
use std::path::Path;
use std::sync::Arc;

use rustls::client::WebPkiServerVerifier;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, CertificateRevocationListDer, PrivateKeyDer};
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use rustls::version::{TLS12, TLS13};
use rustls::{
    AlertDescription, CertificateError, ClientConfig, InconsistentKeys, RootCertStore,
    SupportedProtocolVersion,
};
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::connect::settings::{Roots, SslMode, Tls, TlsVersion};
use verifier::Verifier;

/// A connector for these settings.
pub(super) fn connector(tls: &Tls) -> Result<MakeRustlsConnect, String> {
    // Never the process default: another crate in the tree may bring a second provider.
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let (least, most) = tls.versions;
    let versions: Vec<&SupportedProtocolVersion> =
        [(TlsVersion::V12, &TLS12), (TlsVersion::V13, &TLS13)]
            .into_iter()
            .filter(|(version, _)| (least..=most).contains(version))
            .map(|(_, version)| version)
            .collect();
    let pinned = match &tls.roots {
        Roots::File(file) => certificates(file)?,
        Roots::None | Roots::System => Vec::new(),
    };
    let roots = roots(tls, &pinned)?;
    let verifier = Verifier {
        constrained: roots
            .iter()
            .flat_map(|roots| &roots.roots)
            .any(|root| root.name_constraints.is_some()),
        chain: roots
            .map(|roots| chain(roots, tls, &provider))
            .transpose()?,
        // A pinned certificate is checked without lists of revoked ones.
        pinned: if tls.revoked.is_empty() {
            pinned
        } else {
            Vec::new()
        },
        name: tls.mode == SslMode::VerifyFull,
        algorithms: provider.signature_verification_algorithms,
    };
    let config = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_protocol_versions(&versions)
        .map_err(|error| error.to_string())?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier));
    let mut config = match &tls.certificate {
        Some((certificate, key)) => {
            let identity = identity(certificate, key, &provider)?;
            config.with_client_cert_resolver(Arc::new(SingleCertAndKey::from(identity)))
        }
        None => config.with_no_client_auth(),
    };
    config.enable_sni = tls.sni;
    // As libpq from 17 on; servers before that do not look at it.
    config.alpn_protocols = vec![b"postgresql".to_vec()];
    Ok(MakeRustlsConnect::new(config))
}

fn certificates(file: &Path) -> Result<Vec<CertificateDer<'static>>, String> {
    let wrong = |error: &dyn Display| format!("certificate file {}: {error}", file.display());
    let found: Result<Vec<_>, _> = CertificateDer::pem_file_iter(file)
        .map_err(|error| wrong(&error))?
        .collect();
    let found = found.map_err(|error| wrong(&error))?;
    if found.is_empty() {
        return Err(wrong(&"it holds no certificate in PEM"));
    }
    Ok(found)
}

/// The authorities that are trusted; `None` where any certificate is.
fn roots(tls: &Tls, of_file: &[CertificateDer<'static>]) -> Result<Option<RootCertStore>, String> {
    let mut roots = RootCertStore::empty();
    match &tls.roots {
        Roots::None => return Ok(None),
        Roots::File(file) => {
            for certificate in of_file {
                roots
                    .add(certificate.clone())
                    .map_err(|error| format!("certificate file {}: {error}", file.display()))?;
            }
        }
        Roots::System => {
            let found = rustls_native_certs::load_native_certs();
            roots.add_parsable_certificates(found.certs);
            if roots.is_empty() {
                return Err(String::from(
                    "sslrootcert=system: the operating system has no certificates of authorities; install ca-certificates, or name a file in SSL_CERT_FILE",
                ));
            }
        }
    }
    Ok(Some(roots))
}

/// What checks the certificates of servers.
fn chain(
    roots: RootCertStore,
    tls: &Tls,
    provider: &Arc<CryptoProvider>,
) -> Result<Arc<WebPkiServerVerifier>, String> {
    let mut revoked = Vec::new();
    for file in &tls.revoked {
        let wrong = |error: &dyn Display| {
            format!("certificate revocation list {}: {error}", file.display())
        };
        let lists = CertificateRevocationListDer::pem_file_iter(file)
            .map_err(|error| wrong(&error))?
            .collect::<Result<Vec<_>, _>>();
        revoked.extend(lists.map_err(|error| wrong(&error))?);
    }
    // As OpenSSL does it for libpq: every certificate of the chain, and no list may be out of date.
    WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::clone(provider))
        .with_crls(revoked)
        .enforce_revocation_expiration()
        .build()
        .map_err(|error| error.to_string())
}

/// The client's certificate with its key.
fn identity(
    certificate: &Path,
    key: &Path,
    provider: &CryptoProvider,
) -> Result<CertifiedKey, String> {
    let shown = key.display();
    let metadata = fs::metadata(key).map_err(|error| {
        format!(
            "certificate {} present, but its private key {shown} cannot be read: {error}; sslkey names it",
            certificate.display()
        )
    })?;
    private(key, &metadata)?;
    let text = fs::read(key).map_err(|error| format!("private key file {shown}: {error}"))?;
    if String::from_utf8_lossy(&text).contains("ENCRYPTED") {
        return Err(format!(
            "private key file {shown} is encrypted, which pgaudit cannot read: write it without its password into a file of mode 600 (openssl pkey -in {shown} -out FILE) and name that in sslkey"
        ));
    }
    let key = PrivateKeyDer::from_pem_slice(&text)
        .map_err(|error| format!("private key file {shown}: {error}"))?;
    let key = provider
        .key_provider
        .load_private_key(key)
        .map_err(|error| format!("private key file {shown}: {error}"))?;
    let identity = CertifiedKey::new(certificates(certificate)?, key);
    match identity.keys_match() {
        Err(rustls::Error::InconsistentKeys(InconsistentKeys::KeyMismatch)) => Err(format!(
            "certificate {} does not belong to the private key {shown}",
            certificate.display()
        )),
        _ => Ok(identity),
    }
}

/// libpq's rule: nobody else may read it, but a key of root's may be readable for its group.
#[cfg(unix)]
fn private(key: &Path, metadata: &fs::Metadata) -> Result<(), String> {
    use std::os::unix::fs::MetadataExt as _;
    let forbidden = if metadata.uid() == 0 { 0o037 } else { 0o077 };
    if !metadata.is_file() {
        return Err(format!(
            "private key file {} is not a plain file",
            key.display()
        ));
    }
    if metadata.mode() & forbidden != 0 {
        return Err(format!(
            "private key file {} is not used: others can read it; chmod 600 {0}",
            key.display()
        ));
    }
    Ok(())
}

/// What rustls has found wrong, wherever it is hidden in an error.
pub(super) fn cause<'e>(error: &'e (dyn StdError + 'static)) -> Option<&'e rustls::Error> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref::<rustls::Error>() {
            return Some(found);
        }
        // Its source is that of the error within.
        let inner = error
            .downcast_ref::<io::Error>()
            .and_then(io::Error::get_ref);
        if let Some(found) = inner.and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
            return Some(found);
        }
        next = error.source();
    }
    None
}

/// Whether libpq would have accepted what rustls cannot: then nothing weaker is tried instead.
pub(super) fn only_ours(error: &rustls::Error) -> bool {
    matches!(
        error,
        rustls::Error::InvalidCertificate(CertificateError::Other(_))
    )
}

/// What is wrong in plain words, and what to do.
pub(super) fn remedy(error: &rustls::Error, tls: &Tls) -> String {
    use rustls::Error::{AlertReceived, InvalidCertificate, InvalidMessage, PeerIncompatible};
    let roots = || match &tls.roots {
        Roots::File(file) => file.display().to_string(),
        Roots::None | Roots::System => String::from("the system's store"),
    };
    match error {
        InvalidCertificate(certificate) => match certificate {
            CertificateError::Expired | CertificateError::ExpiredContext { .. } => String::from(
                "the server's certificate has expired: renew it there (and look at this machine's clock)",
            ),
            CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
                String::from(
                    "the server's certificate is not valid yet: look at this machine's clock",
                )
            }
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
                String::from(
                    "connect by a name that the certificate has (-h; hostaddr can give the address beside it), or have it issued for this one; sslmode=verify-ca leaves the name unchecked",
                )
            }
            CertificateError::UnknownIssuer => format!(
                "nothing in {} has signed the server's certificate: sslrootcert has to name the certificate of its authority",
                roots()
            ),
            CertificateError::Revoked => {
                String::from("the server's certificate has been revoked: it needs a new one")
            }
            CertificateError::UnknownRevocationStatus => String::from(
                "the lists in sslcrl say nothing about its issuer: add the list of each authority in the chain",
            ),
            CertificateError::ExpiredRevocationList
            | CertificateError::ExpiredRevocationListContext { .. } => {
                String::from("the list in sslcrl is out of date: fetch the authority's newest one")
            }
            CertificateError::Other(other) if other.to_string().contains("CaUsedAsEndEntity") => {
                String::from(
                    "the server shows the certificate of an authority as its own: name that very certificate in sslrootcert, or issue the server one of its own",
                )
            }
            CertificateError::Other(other) if other.to_string().contains("CertVersion") => {
                String::from(
                    "it is an X.509 v1 certificate, which pgaudit takes with sslmode=require over TLS 1.3 only: issue it again with extensions (openssl x509 -req … -extfile FILE, where FILE holds subjectAltName=DNS:HOST), or use sslmode=require channel_binding=require",
                )
            }
            _ => String::from(
                "the server needs another certificate; openssl x509 -text shows what this one holds",
            ),
        },
        AlertReceived(AlertDescription::CertificateRequired) => String::from(
            "the server wants a client certificate: name it in sslcert and its key in sslkey",
        ),
        AlertReceived(
            AlertDescription::UnknownCA
            | AlertDescription::BadCertificate
            | AlertDescription::CertificateUnknown
            | AlertDescription::CertificateExpired
            | AlertDescription::CertificateRevoked
            | AlertDescription::UnsupportedCertificate,
        ) if tls.certificate.is_some() => String::from(
            "the server does not accept the client certificate in sslcert: its ssl_ca_file has to hold the authority that signed it",
        ),
        AlertReceived(AlertDescription::ProtocolVersion) | PeerIncompatible(_) => String::from(
            "pgaudit speaks TLS 1.2 and 1.3 with current ciphers: look at ssl_min_protocol_version, ssl_max_protocol_version and ssl_ciphers, here and on the server",
        ),
        InvalidMessage(_) => {
            String::from("what answers there does not speak TLS: check host and port")
        }
        _ => String::from("sslmode and sslrootcert decide how TLS is checked"),
    }
}
