//! Checks the certificate of a server as far as the settings ask for, and in every mode that the
//! server holds its key.
//!
//! webpki is stricter than OpenSSL. Three kinds of certificates that psql accepts are accepted here as
//! well, each only after everything else was checked:
//! - X.509 v1, where no chain is to be verified: the signature of the handshake is checked with its key;
//! - the certificate of an authority as a server's own, where the root file holds the very same bytes;
//! - a name in the subject's common name, where there is no alternative name at all.

use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{WebPkiServerVerifier, verify_server_name};
use rustls::crypto::{
    WebPkiSupportedAlgorithms, verify_tls12_signature, verify_tls13_signature,
    verify_tls13_signature_with_raw_key,
};
use rustls::pki_types::{CertificateDer, ServerName, SubjectPublicKeyInfoDer, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{CertificateError, DigitallySignedStruct, Error, SignatureScheme};
use x509_cert::Certificate;
use x509_cert::der::oid::ObjectIdentifier;
use x509_cert::der::{Decode as _, Encode as _};

#[derive(Debug)]
pub(super) struct Verifier {
    /// Checks the chain; absent where the mode trusts any certificate.
    pub(super) chain: Option<Arc<WebPkiServerVerifier>>,
    /// What the root file holds.
    pub(super) pinned: Vec<CertificateDer<'static>>,
    /// Whether the name has to fit, too.
    pub(super) name: bool,
    /// Whether an authority may only sign for some names, which webpki does not hold against common names.
    pub(super) constrained: bool,
    pub(super) algorithms: WebPkiSupportedAlgorithms,
}

impl Verifier {
    /// OpenSSL holds common names against what an authority may sign for; webpki only alternative ones.
    fn is_free(&self, certificate: &CertificateDer<'_>, chain: &[CertificateDer<'_>]) -> bool {
        let lacks = |certificate, extension| {
            parsed(certificate).is_ok_and(|found| !has_extension(&found, extension))
        };
        let mut chain = chain.iter();
        !lacks(certificate, ALTERNATIVE_NAME)
            || !self.constrained && chain.all(|of| lacks(of, NAME_CONSTRAINTS))
    }

    /// A certificate that is trusted byte for byte: only its time and its name are left to check.
    fn pinned(
        &self,
        certificate: &CertificateDer<'_>,
        name: &ServerName<'_>,
        now: UnixTime,
    ) -> Result<(), Error> {
        let validity = parsed(certificate)?.tbs_certificate.validity;
        if now.as_secs() < validity.not_before.to_unix_duration().as_secs() {
            return Err(CertificateError::NotValidYet.into());
        }
        if now.as_secs() > validity.not_after.to_unix_duration().as_secs() {
            return Err(CertificateError::Expired.into());
        }
        if !self.name {
            return Ok(());
        }
        ParsedCertificate::try_from(certificate)
            .and_then(|parsed| verify_server_name(&parsed, name))
            .or_else(|error| {
                let named = by_common_name(certificate, name);
                named.then_some(()).ok_or(error)
            })
    }
}

fn parsed(certificate: &CertificateDer<'_>) -> Result<Certificate, Error> {
    Certificate::from_der(certificate).map_err(|_| CertificateError::BadEncoding.into())
}

const COMMON_NAME: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.3");
const ALTERNATIVE_NAME: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.17");
const NAME_CONSTRAINTS: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.30");

fn has_extension(certificate: &Certificate, extension: ObjectIdentifier) -> bool {
    let mut extensions = certificate.tbs_certificate.extensions.iter().flatten();
    extensions.any(|found| found.extn_id == extension)
}

/// libpq's rule for certificates without an alternative name: the first common name, which may begin
/// with `*.` for exactly one label.
fn by_common_name(certificate: &CertificateDer<'_>, name: &ServerName<'_>) -> bool {
    let Ok(parsed) = parsed(certificate) else {
        return false;
    };
    if has_extension(&parsed, ALTERNATIVE_NAME) {
        return false;
    }
    let certificate = &parsed.tbs_certificate;
    let mut attributes = certificate.subject.0.iter().flat_map(|set| set.0.iter());
    let Some(found) = attributes.find(|attribute| attribute.oid == COMMON_NAME) else {
        return false;
    };
    let Ok(found) = std::str::from_utf8(found.value.value()) else {
        return false;
    };
    let wanted = name.to_str();
    let wildcard = found.strip_prefix("*.").zip(wanted.split_once('.'));
    found.eq_ignore_ascii_case(&wanted)
        || matches!(name, ServerName::DnsName(_))
            && wildcard.is_some_and(|(found, (label, rest))| {
                !label.is_empty() && found.eq_ignore_ascii_case(rest)
            })
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let Some(chain) = &self.chain else {
            return Ok(ServerCertVerified::assertion());
        };
        let verified = chain.verify_server_cert(end_entity, intermediates, server_name, ocsp, now);
        match verified {
            // The name is looked at last: with this error, the chain has been found good.
            Err(Error::InvalidCertificate(
                CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
            )) if (!self.name || by_common_name(end_entity, server_name))
                && self.is_free(end_entity, intermediates) =>
            {
                Ok(ServerCertVerified::assertion())
            }
            Err(Error::InvalidCertificate(CertificateError::Other(_)))
                if self.pinned.iter().any(|pinned| pinned == end_entity) =>
            {
                self.pinned(end_entity, server_name, now)
                    .map(|()| ServerCertVerified::assertion())
            }
            // Whatever webpki cannot do with it: it has signed itself, and nobody else has.
            Err(Error::InvalidCertificate(CertificateError::Other(_)))
                if parsed(end_entity).is_ok_and(
                    |Certificate {
                         tbs_certificate: of,
                         ..
                     }| of.issuer == of.subject,
                ) =>
            {
                Err(CertificateError::UnknownIssuer.into())
            }
            verified => verified,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, certificate, signature, &self.algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        match verify_tls13_signature(message, certificate, signature, &self.algorithms) {
            // webpki does not read it; the key in it is as good as any other's.
            Err(Error::InvalidCertificate(CertificateError::Other(_))) => {
                let key = parsed(certificate)?.tbs_certificate.subject_public_key_info;
                let key = key.to_der().map_err(|_| CertificateError::BadEncoding)?;
                let key = SubjectPublicKeyInfoDer::from(key);
                verify_tls13_signature_with_raw_key(message, &key, signature, &self.algorithms)
            }
            result => result,
        }
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}
