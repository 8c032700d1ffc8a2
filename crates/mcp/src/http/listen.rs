//! Where to listen: loopback unless asked for more, and more only with a token.

use std::io::ErrorKind;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use tokio::net::TcpListener;

use crate::Error;

/// The loopback addresses with this port: what to listen on unless told otherwise.
pub fn default_listen(port: u16) -> Vec<SocketAddr> {
    let addresses = [IpAddr::V4(Ipv4Addr::LOCALHOST), IpAddr::V6(Ipv6Addr::LOCALHOST)];
    addresses.into_iter().map(|ip| SocketAddr::new(ip, port)).collect()
}

/// Refuses to listen where others can connect when nothing would ask them who they are.
///
/// # Errors
/// [`Error::Exposed`], whose text says what to do.
pub fn check_exposure(
    listen: &[SocketAddr],
    has_token: bool,
    allow_unauthenticated: bool,
) -> Result<(), Error> {
    match listen.iter().find(|addr| !addr.ip().to_canonical().is_loopback()) {
        Some(addr) if !has_token && !allow_unauthenticated => Err(Error::Exposed { addr: *addr }),
        _ => Ok(()),
    }
}

/// What to tell somebody who runs this in a pod and listens on loopback only: nobody outside the pod
/// gets through.
pub fn pod_hint(listen: &[SocketAddr]) -> Option<String> {
    pod_hint_when(std::env::var_os("KUBERNETES_SERVICE_HOST").is_some(), listen)
}

fn pod_hint_when(in_pod: bool, listen: &[SocketAddr]) -> Option<String> {
    let local = !listen.is_empty() && listen.iter().all(|addr| addr.ip().to_canonical().is_loopback());
    (in_pod && local).then(|| {
        let port = listen.first().map_or(8089, SocketAddr::port);
        format!(
            "inside a pod, loopback can only be reached from the same pod; to serve others, use --listen \
             0.0.0.0:{port}, set K8SGPT_TOKEN, and name the service with --allowed-hosts"
        )
    })
}

/// Listens on every address. A loopback of a protocol version that this machine lacks is left out, as
/// long as something remains. With port 0 all get the port that the first one was given.
pub async fn bind(listen: &[SocketAddr]) -> Result<Vec<TcpListener>, Error> {
    let mut listeners: Vec<TcpListener> = Vec::new();
    let mut missing = None;
    for addr in listen {
        let mut addr = *addr;
        if let (0, Some(Ok(first))) = (addr.port(), listeners.first().map(TcpListener::local_addr)) {
            addr.set_port(first.port());
        }
        match TcpListener::bind(addr).await {
            Ok(listener) => listeners.push(listener),
            Err(cause) if cause.kind() == ErrorKind::AddrInUse => return Err(Error::PortTaken { addr }),
            Err(cause) if addr.ip().is_loopback() && lacks_version(&cause) => {
                tracing::debug!(%addr, %cause, "not available on this machine");
                missing = Some(Error::Listen { addr, cause });
            }
            Err(cause) => return Err(Error::Listen { addr, cause }),
        }
    }
    if listeners.is_empty() { Err(missing.unwrap_or(Error::NoAddress)) } else { Ok(listeners) }
}

/// No such address, or no such address family, on this machine.
fn lacks_version(cause: &std::io::Error) -> bool {
    /// `EAFNOSUPPORT` on Linux and on BSD systems.
    const NO_SUCH_FAMILY: [i32; 2] = [97, 47];
    matches!(cause.kind(), ErrorKind::AddrNotAvailable | ErrorKind::Unsupported)
        || cause.raw_os_error().is_some_and(|code| NO_SUCH_FAMILY.contains(&code))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn addrs(list: &[&str]) -> Vec<SocketAddr> {
        list.iter().map(|addr| addr.parse().unwrap()).collect()
    }

    #[test]
    fn others_are_let_in_only_with_a_token_or_on_demand() {
        assert!(check_exposure(&default_listen(8089), false, false).is_ok());
        assert!(check_exposure(&addrs(&["0.0.0.0:1"]), true, false).is_ok());
        assert!(check_exposure(&addrs(&["[::]:1"]), false, true).is_ok());
        assert!(check_exposure(&addrs(&["[::ffff:127.0.0.1]:1"]), false, false).is_ok());
        for wide in ["0.0.0.0:8089", "[::]:8089", "10.0.0.1:8089", "[::ffff:10.0.0.1]:8089"] {
            let error = check_exposure(&addrs(&["127.0.0.1:8089", wide]), false, false).unwrap_err();
            assert!(error.to_string().contains("K8SGPT_TOKEN"), "{error}");
        }
    }

    #[test]
    fn a_pod_that_serves_itself_is_told() {
        assert!(pod_hint_when(true, &default_listen(8089)).unwrap().contains("0.0.0.0:8089"));
        assert_eq!(pod_hint_when(false, &default_listen(8089)), None);
        assert_eq!(pod_hint_when(true, &addrs(&["0.0.0.0:8089"])), None);
    }

    #[tokio::test]
    async fn a_taken_port_names_itself_and_the_way_out() {
        let first = bind(&addrs(&["127.0.0.1:0"])).await.unwrap();
        let taken = first[0].local_addr().unwrap();
        let message = bind(&[taken]).await.unwrap_err().to_string();
        assert!(message.contains(&format!("port {}", taken.port())), "{message}");
        assert!(message.contains("--mcp-port"), "{message}");
        assert!(matches!(bind(&[]).await, Err(Error::NoAddress)));
    }
}
