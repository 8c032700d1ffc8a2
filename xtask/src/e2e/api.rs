//! Writing to the API server: what a test plants. It goes through `kubectl proxy`, which speaks TLS for us.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::definitions;
use super::http::{self, Answer};
use crate::cluster::ClusterGuard;
use crate::error::{Error, Result};

/// The group versions whose kinds can be planted.
const VERSIONS: [&str; 12] = [
    "v1",
    "apps/v1",
    "batch/v1",
    "networking.k8s.io/v1",
    "storage.k8s.io/v1",
    "discovery.k8s.io/v1",
    "admissionregistration.k8s.io/v1",
    "policy/v1",
    "autoscaling/v2",
    "rbac.authorization.k8s.io/v1",
    "apiregistration.k8s.io/v1",
    "apiextensions.k8s.io/v1",
];

/// Time that a new definition may take until its type is served.
const SERVED: Duration = Duration::from_secs(20);

/// How often a write is repeated that another one overtook.
const RETRIES: usize = 5;

/// A way to write to one API server.
pub(crate) struct Api {
    port: u16,
    proxy: Child,
    /// By kind and group: types of different groups may have one name.
    kinds: RefCell<BTreeMap<(String, String), Place>>,
}

/// Where the API serves a kind.
#[derive(Clone)]
pub(crate) struct Place {
    /// Its group and version.
    pub(crate) version: String,
    /// Whether its objects live in namespaces.
    pub(crate) namespaced: bool,
    plural: String,
    status: bool,
}

impl Api {
    /// Starts `kubectl proxy` on a free port and asks which kinds there are.
    pub(crate) fn open(cluster: &ClusterGuard) -> Result<Self> {
        let mut command = Command::new(cluster.kubectl());
        command.arg("--kubeconfig").arg(cluster.kubeconfig()).args(["proxy", "--port=0"]);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut proxy = command.spawn().map_err(Error::io("run kubectl proxy"))?;
        let mut line = String::new();
        if let Some(stdout) = proxy.stdout.take() {
            BufReader::new(stdout).read_line(&mut line).map_err(Error::io("read what kubectl proxy says"))?;
        }
        let port = line.trim().rsplit(':').next().and_then(|port| port.parse().ok());
        let api = Self { port: port.unwrap_or_default(), proxy, kinds: RefCell::default() };
        if port.is_none() {
            return Err(Error::Other(format!("kubectl proxy names no port: {line:?}")));
        }
        for version in VERSIONS {
            api.learn(version)?;
        }
        Ok(api)
    }

    fn learn(&self, version: &str) -> Result<()> {
        let found = self.send("GET", &root(version), "")?.json()?;
        let resources: Vec<&Value> = found["resources"].as_array().into_iter().flatten().collect();
        let name = |resource: &Value| resource["name"].as_str().unwrap_or_default().to_owned();
        let names: Vec<String> = resources.iter().map(|resource| name(resource)).collect();
        for resource in resources {
            let plural = name(resource);
            if plural.contains('/') {
                continue;
            }
            let status = names.contains(&format!("{plural}/status"));
            let namespaced = resource["namespaced"] == true;
            let place = Place { version: version.to_owned(), namespaced, plural, status };
            let kind = resource["kind"].as_str().unwrap_or_default().to_owned();
            self.kinds.borrow_mut().entry(key(&kind, version)).or_insert(place);
        }
        Ok(())
    }

    /// Where the kind of an object, or of a reference to one, is served. What names no version is one of
    /// Kubernetes' own.
    pub(crate) fn place(&self, object: &Value) -> Result<Place> {
        let kind = object["kind"].as_str().unwrap_or_default();
        let version = object["apiVersion"].as_str();
        let kinds = self.kinds.borrow();
        let mut own = VERSIONS.iter().filter_map(|version| kinds.get(&key(kind, version)));
        let known = version.map_or_else(|| own.next(), |version| kinds.get(&key(kind, version)));
        let missing = || Error::Other(format!("the API server has no kind {kind:?} of {version:?}"));
        known.cloned().ok_or_else(missing)
    }

    /// Defines the type of an object that the API server does not serve. It stays.
    pub(crate) fn define(&self, object: &Value) -> Result<()> {
        if self.place(object).is_ok() {
            return Ok(());
        }
        let Some(definition) = definitions::of(object) else { return Ok(()) };
        let path = self.paths(&definition)?.0;
        let answer = self.send("POST", &path, &definition.to_string())?;
        if answer.status != 409 {
            done(&format!("POST {path}"), &answer)?;
        }
        let started = Instant::now();
        while self.place(object).is_err() {
            if started.elapsed() > SERVED {
                return Err(Error::Other(format!("{} is defined and not served", object["kind"])));
            }
            std::thread::sleep(Duration::from_millis(100));
            self.learn(object["apiVersion"].as_str().unwrap_or_default())?;
        }
        Ok(())
    }

    /// Removes the definition of this path and what is known of its type. The server first removes what it
    /// holds of it, which takes a moment.
    pub(crate) fn undefine(&self, path: &str) -> Result<()> {
        let name = path.rsplit('/').next().unwrap_or_default();
        if let Some((plural, group)) = name.split_once('.') {
            self.kinds.borrow_mut().retain(|(_, of), place| of != group || place.plural != plural);
        }
        let started = Instant::now();
        while self.send("GET", path, "")?.status != 404 {
            if started.elapsed() > SERVED {
                return Err(Error::Other(format!("{path} was deleted and is still there")));
            }
            self.send("PATCH", path, r#"{"metadata":{"finalizers":null}}"#)?;
            self.delete(path, true)?;
            std::thread::sleep(Duration::from_millis(100));
        }
        Ok(())
    }

    /// The path of an object's collection, and of the object itself.
    pub(crate) fn paths(&self, object: &Value) -> Result<(String, String)> {
        let place = self.place(object)?;
        let metadata = &object["metadata"];
        let mut path = root(&place.version);
        if place.namespaced {
            path = format!("{path}/namespaces/{}", metadata["namespace"].as_str().unwrap_or("default"));
        }
        let collection = format!("{path}/{}", place.plural);
        let own = format!("{collection}/{}", metadata["name"].as_str().unwrap_or_default());
        Ok((collection, own))
    }

    /// Creates an object, with its status if it has one, and gives it as the server holds it.
    pub(crate) fn create(&self, object: &Value) -> Result<Value> {
        let (collection, own) = self.paths(object)?;
        let mut created =
            done(&format!("POST {own}"), &self.send("POST", &collection, &object.to_string())?)?;
        let has_status = object["status"].as_object().is_some_and(|status| !status.is_empty());
        if has_status && self.place(object)?.status {
            let path = format!("{own}/status");
            let put = |mut current: Value| {
                // The server has written some of it, which stays.
                for (key, value) in object["status"].as_object().into_iter().flatten() {
                    current["status"][key] = value.clone();
                }
                self.send("PUT", &path, &current.to_string())
            };
            let mut answer = put(created)?;
            // The server itself writes the status of a definition, perhaps in between.
            for _ in 0..RETRIES {
                if answer.status != 409 {
                    break;
                }
                answer = put(self.send("GET", &own, "")?.json()?)?;
            }
            created = done(&format!("PUT {path}"), &answer)?;
        }
        Ok(created)
    }

    /// Deletes the object of this path and leaves nothing to a garbage collector; what already is gone is
    /// deleted. Without `at_once` a pod has its time to end.
    pub(crate) fn delete(&self, path: &str, at_once: bool) -> Result<()> {
        let grace = if at_once { r#","gracePeriodSeconds":0"# } else { "" };
        let options = format!(
            r#"{{"kind":"DeleteOptions","apiVersion":"v1","propagationPolicy":"Background"{grace}}}"#
        );
        let answer = self.send("DELETE", path, &options)?;
        if answer.status == 404 { Ok(()) } else { done(&format!("DELETE {path}"), &answer).map(drop) }
    }

    /// Sends any request.
    pub(crate) fn send(&self, method: &str, path: &str, body: &str) -> Result<Answer> {
        let kind = if method == "PATCH" { "application/merge-patch+json" } else { "application/json" };
        http::send(self.port, method, path, &[&format!("Content-Type: {kind}")], body)
    }
}

impl Drop for Api {
    fn drop(&mut self) {
        drop(self.proxy.kill());
        drop(self.proxy.wait());
    }
}

fn key(kind: &str, version: &str) -> (String, String) {
    (kind.to_owned(), group_of(version).to_owned())
}

/// The group of a group version; that of the core has no name.
fn group_of(version: &str) -> &str {
    version.split_once('/').map_or("", |(group, _)| group)
}

fn root(version: &str) -> String {
    if version.contains('/') { format!("/apis/{version}") } else { format!("/api/{version}") }
}

/// The object of an answer; a refusal is an error with the server's sentence.
pub(crate) fn done(what: &str, answer: &Answer) -> Result<Value> {
    let body = answer.json()?;
    if answer.status < 300 {
        return Ok(body);
    }
    let message = body["message"].as_str().unwrap_or(&answer.body);
    Err(Error::Other(format!("{what}: {}: {message}", answer.status)))
}
