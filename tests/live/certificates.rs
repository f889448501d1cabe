//! Certificates for the trials: good ones, and what can be wrong with one.

use std::net::{IpAddr, Ipv4Addr};

use rcgen::{
    BasicConstraints, CertificateParams, CertificateRevocationListParams, CertifiedIssuer, DnType,
    GeneralSubtree, IsCa, KeyIdMethod, KeyPair, KeyUsagePurpose, NameConstraints,
    RevokedCertParams, SanType, SerialNumber, SigningKey as _, date_time_ymd,
};
use x509_cert::Certificate;
use x509_cert::certificate::Version;
use x509_cert::der::asn1::BitString;
use x509_cert::der::pem::LineEnding;
use x509_cert::der::{Decode as _, Encode as _, EncodePem as _};

/// A certificate and its key, in PEM.
pub(crate) struct Pair {
    pub(crate) certificate: String,
    pub(crate) key: String,
}

/// An authority.
pub(crate) struct Authority(CertifiedIssuer<'static, KeyPair>);

/// The number of the certificate that a list revokes.
const REVOKED: u64 = 4711;

fn params(common_name: &str, names: &[&str]) -> CertificateParams {
    let mut params = CertificateParams::default();
    params
        .distinguished_name
        .push(DnType::CommonName, common_name);
    params.subject_alt_names = names
        .iter()
        .map(|name| SanType::DnsName((*name).try_into().unwrap()))
        .collect();
    params.not_before = date_time_ymd(2020, 1, 1);
    params.not_after = date_time_ymd(2100, 1, 1);
    params.serial_number = Some(SerialNumber::from(REVOKED));
    params
}

impl Authority {
    pub(crate) fn new(name: &str) -> Self {
        Self::with(params(name, &[]))
    }

    /// One that may only sign for a domain.
    pub(crate) fn only_for(name: &str, domain: &str) -> Self {
        let mut params = params(name, &[]);
        params.name_constraints = Some(NameConstraints {
            permitted_subtrees: vec![GeneralSubtree::DnsName(domain.to_owned())],
            excluded_subtrees: Vec::new(),
        });
        Self::with(params)
    }

    fn with(mut params: CertificateParams) -> Self {
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let key = KeyPair::generate().unwrap();
        Self(CertifiedIssuer::self_signed(params, key).unwrap())
    }

    pub(crate) fn certificate(&self) -> String {
        self.0.pem()
    }

    fn issue(&self, params: &CertificateParams) -> Pair {
        let key = KeyPair::generate().unwrap();
        Pair {
            certificate: params.signed_by(&key, &self.0).unwrap().pem(),
            key: key.serialize_pem(),
        }
    }

    /// For a server with this name, or for a user.
    pub(crate) fn good(&self, name: &str) -> Pair {
        let mut params = params(name, &[name]);
        params
            .subject_alt_names
            .push(SanType::IpAddress(IpAddr::V4(Ipv4Addr::LOCALHOST)));
        self.issue(&params)
    }

    pub(crate) fn expired(&self, name: &str) -> Pair {
        let mut params = params(name, &[name]);
        params.not_after = date_time_ymd(2021, 1, 1);
        self.issue(&params)
    }

    /// Without an alternative name.
    pub(crate) fn common_name(&self, name: &str) -> Pair {
        self.issue(&params(name, &[]))
    }

    /// Version 1 of X.509, as `openssl x509 -req` makes it without a file of extensions.
    pub(crate) fn version_1(&self, name: &str) -> Pair {
        let Pair { certificate, key } = self.common_name(name);
        let mut parsed = Certificate::load_pem_chain(certificate.as_bytes())
            .unwrap()
            .remove(0);
        parsed.tbs_certificate.version = Version::V1;
        parsed.tbs_certificate.extensions = None;
        let signature = self
            .0
            .key()
            .sign(&parsed.tbs_certificate.to_der().unwrap())
            .unwrap();
        parsed.signature = BitString::from_bytes(&signature).unwrap();
        let again = Certificate::from_der(&parsed.to_der().unwrap()).unwrap();
        Pair {
            certificate: again.to_pem(LineEnding::LF).unwrap(),
            key,
        }
    }

    /// A list that revokes all certificates of this authority, or none.
    pub(crate) fn list(&self, revoke: bool, until: i32) -> String {
        let revoked = RevokedCertParams {
            serial_number: SerialNumber::from(REVOKED),
            revocation_time: date_time_ymd(2020, 6, 1),
            reason_code: None,
            invalidity_date: None,
        };
        let params = CertificateRevocationListParams {
            this_update: date_time_ymd(2020, 2, 1),
            next_update: date_time_ymd(until, 1, 1),
            crl_number: SerialNumber::from(1),
            issuing_distribution_point: None,
            revoked_certs: if revoke { vec![revoked] } else { Vec::new() },
            key_identifier_method: KeyIdMethod::Sha256,
        };
        params.signed_by(&self.0).unwrap().pem().unwrap()
    }
}

/// As `openssl req -x509` makes it: an authority that shows its own certificate.
pub(crate) fn self_signed(name: &str) -> Pair {
    let mut params = params(name, &[name]);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let key = KeyPair::generate().unwrap();
    Pair {
        certificate: params.self_signed(&key).unwrap().pem(),
        key: key.serialize_pem(),
    }
}
