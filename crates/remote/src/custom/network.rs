//! Which addresses may be called, and over what.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// What an address is to us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// This machine.
    Loopback,
    /// A private network.
    Private,
    /// Anywhere else.
    Public,
    /// Never called: link-local, where clouds keep credentials, and what is no single host.
    Refused,
}

/// Where clouds answer with credentials beside the link-local range.
const METADATA_V4: [Ipv4Addr; 3] =
    [Ipv4Addr::new(100, 100, 100, 200), Ipv4Addr::new(168, 63, 129, 16), Ipv4Addr::new(192, 0, 0, 192)];
const METADATA_V6: [Ipv6Addr; 2] =
    [Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254), Ipv6Addr::new(0xfd20, 0xce, 0, 0, 0, 0, 0, 0x254)];

/// What this address is. An IPv4 address inside an IPv6 one counts as itself.
pub(super) fn place(ip: IpAddr) -> Place {
    match ip {
        IpAddr::V4(ip) => place_v4(ip),
        IpAddr::V6(ip) => match embedded(ip) {
            Some(inner) => place_v4(inner),
            None => place_v6(ip),
        },
    }
}

fn place_v4(ip: Ipv4Addr) -> Place {
    let [a, b, ..] = ip.octets();
    // Carriers' shared range; clusters number their pods from it.
    let shared = a == 100 && (64..128).contains(&b);
    let none = a == 0 || a >= 224;
    if none || ip.is_link_local() || METADATA_V4.contains(&ip) {
        Place::Refused
    } else if ip.is_loopback() {
        Place::Loopback
    } else if ip.is_private() || shared {
        Place::Private
    } else {
        Place::Public
    }
}

fn place_v6(ip: Ipv6Addr) -> Place {
    let first = ip.segments()[0];
    let local = (first & 0xffc0) == 0xfe80 || (first & 0xffc0) == 0xfec0;
    if local || ip.is_unspecified() || ip.is_multicast() || METADATA_V6.contains(&ip) {
        Place::Refused
    } else if ip.is_loopback() {
        Place::Loopback
    } else if (first & 0xfe00) == 0xfc00 {
        Place::Private
    } else {
        Place::Public
    }
}

/// The IPv4 address that an IPv6 one stands for: mapped, compatible, translated (NAT64) or tunnelled (6to4).
fn embedded(ip: Ipv6Addr) -> Option<Ipv4Addr> {
    let parts = ip.segments();
    let of = |high: u16, low: u16| {
        let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
        Ipv4Addr::new(a, b, c, d)
    };
    match parts {
        [0, 0, 0, 0, 0, 0xffff, high, low] | [0x64, 0xff9b, 0, 0, 0, 0, high, low] => Some(of(high, low)),
        [0, 0, 0, 0, 0, 0, high, low] if high != 0 => Some(of(high, low)),
        [0x2002, high, low, ..] => Some(of(high, low)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_address_has_its_place() {
        use Place::{Loopback, Private, Public, Refused};
        for (text, expected) in [
            ("127.0.0.1", Loopback),
            ("127.9.9.9", Loopback),
            ("::1", Loopback),
            ("::ffff:127.0.0.1", Loopback),
            ("10.1.2.3", Private),
            ("172.31.0.1", Private),
            ("192.168.0.1", Private),
            ("100.64.0.1", Private),
            ("fd12:3456::1", Private),
            ("::ffff:10.0.0.1", Private),
            ("8.8.8.8", Public),
            ("172.32.0.1", Public),
            ("2001:4860::8888", Public),
            ("169.254.169.254", Refused),
            ("::ffff:169.254.169.254", Refused),
            ("::a9fe:a9fe", Refused),
            ("64:ff9b::a9fe:a9fe", Refused),
            ("2002:a9fe:a9fe::1", Refused),
            ("100.100.100.200", Refused),
            ("168.63.129.16", Refused),
            ("fd00:ec2::254", Refused),
            ("fe80::1", Refused),
            ("0.0.0.0", Refused),
            ("0.1.2.3", Refused),
            ("::", Refused),
            ("224.0.0.1", Refused),
            ("255.255.255.255", Refused),
            ("ff02::1", Refused),
        ] {
            assert_eq!(place(text.parse().unwrap()), expected, "{text}");
        }
    }
}
