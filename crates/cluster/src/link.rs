//! The connection: how a client is made, and made again when its credentials no longer hold.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use kube::config::KubeConfigOptions;
use kube::{Client, Config};
use tokio::sync::RwLock;

use crate::error::{Error, innermost};
use crate::exec;
use crate::kubeconfig::{self, Environment, Place};
use crate::proxy;
use crate::snapshot::{self, Snapshot};
use crate::source::{Identity, Login, Options};

/// A client and the recipe it was made from.
pub(crate) struct Link {
    recipe: Option<Recipe>,
    state: RwLock<State>,
}

#[derive(Clone)]
struct State {
    client: Client,
    expires: Option<Timestamp>,
    /// How often the client has been made.
    made: u64,
}

struct Recipe {
    place: Place,
    context: Option<String>,
    connect: Duration,
    plugin: Duration,
}

impl Link {
    /// To a live cluster. The API server need not be up: a dead one is reported by the calls.
    pub(crate) async fn live(
        path: Option<&PathBuf>,
        context: Option<&str>,
        options: &Options,
    ) -> Result<(Link, Identity), Error> {
        let context = context.filter(|context| !context.is_empty());
        let place = kubeconfig::find(path.map(PathBuf::as_path), context, &Environment::of_process())?;
        let recipe = Recipe {
            place,
            context: context.map(str::to_owned),
            connect: options.connect,
            plugin: options.plugin,
        };
        let (client, expires, identity) = recipe.make().await?;
        let state = RwLock::new(State { client, expires, made: 1 });
        Ok((Link { recipe: Some(recipe), state }, identity))
    }

    /// To a recorded cluster.
    pub(crate) fn recorded(snapshot: Arc<Snapshot>) -> Link {
        let client = snapshot::client(snapshot);
        Link { recipe: None, state: RwLock::new(State { client, expires: None, made: 1 }) }
    }

    /// The client and its number; credentials that are about to expire are renewed first.
    pub(crate) async fn client(&self) -> Result<(Client, u64), Error> {
        let state = self.state.read().await.clone();
        let soon = Timestamp::now() + jiff::SignedDuration::from_secs(60);
        if state.expires.is_some_and(|expires| expires < soon) {
            self.renew(state.made).await?;
            let state = self.state.read().await;
            return Ok((state.client.clone(), state.made));
        }
        Ok((state.client, state.made))
    }

    /// Whether credentials can be read anew.
    pub(crate) fn renewable(&self) -> bool {
        self.recipe.is_some()
    }

    /// Makes the client again, unless another call has done so since number `made`.
    pub(crate) async fn renew(&self, made: u64) -> Result<(), Error> {
        let Some(recipe) = &self.recipe else { return Ok(()) };
        let mut state = self.state.write().await;
        if state.made == made {
            let (client, expires, _) = recipe.make().await?;
            // A plugin may hand out what is about to expire; asking it for every request helps nobody.
            let floor = Timestamp::now() + jiff::SignedDuration::from_secs(120);
            *state = State { client, expires: expires.map(|expires| expires.max(floor)), made: made + 1 };
        }
        Ok(())
    }
}

impl Recipe {
    async fn make(&self) -> Result<(Client, Option<Timestamp>, Identity), Error> {
        // The second call of a process finds a provider installed, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        match &self.place {
            Place::InCluster => {
                let mut config = Config::incluster().map_err(|problem| {
                    Error::kubeconfig("in-cluster service account", innermost(&problem))
                })?;
                let identity = identity("in-cluster", &config, Login::default());
                self.tune(&mut config);
                Ok((client(config, "in-cluster service account")?, None, identity))
            }
            Place::Files(files) => self.make_from(files).await,
        }
    }

    async fn make_from(&self, files: &[PathBuf]) -> Result<(Client, Option<Timestamp>, Identity), Error> {
        let shown = files.iter().map(|file| file.display().to_string()).collect::<Vec<_>>().join(", ");
        let mut merged = kubeconfig::read(files)?;
        let context = kubeconfig::choose(&merged, self.context.as_deref(), &shown)?;
        let cluster = kubeconfig::cluster_of(&merged, &context).cloned();
        let login = kubeconfig::login(&mut merged, &context);
        let mut expires = None;
        if let Some(user) = kubeconfig::user_of(&mut merged, &context) {
            if user.auth_provider.as_ref().is_some_and(|provider| provider.name != "oidc") {
                let reason = "its user has an auth-provider other than oidc, which Kubernetes removed in 1.26; \
                              use the credential plugin of the provider";
                return Err(Error::kubeconfig(shown, reason));
            }
            expires = exec::resolve(user, cluster.as_ref(), self.plugin).await?;
        }
        let options = KubeConfigOptions { context: Some(context.clone()), ..KubeConfigOptions::default() };
        let mut config = Config::from_custom_kubeconfig(merged, &options)
            .await
            .map_err(|problem| Error::kubeconfig(shown.as_str(), innermost(&problem)))?;
        let identity = identity(&context, &config, login);
        self.tune(&mut config);
        let named = cluster.is_some_and(|cluster| cluster.proxy_url.is_some_and(|url| !url.is_empty()));
        proxy::correct(&mut config, named);
        Ok((client(config, &shown)?, expires, identity))
    }

    /// The library's defaults are no read timeout and up to fifteen retries over a quarter of an
    /// hour: deadlines and retries are kept by the calls instead.
    fn tune(&self, config: &mut Config) {
        config.connect_timeout = Some(self.connect);
        config.default_retry = false;
        // On a network as near as this, compressing costs the server more than it saves.
        let near = matches!(config.cluster_url.host(), Some("127.0.0.1" | "localhost" | "[::1]"));
        config.disable_compression |= near || self.place == Place::InCluster;
    }
}

fn client(config: Config, shown: &str) -> Result<Client, Error> {
    Client::try_from(config).map_err(|problem| Error::kubeconfig(shown, innermost(&problem)))
}

fn identity(context: &str, config: &Config, login: Login) -> Identity {
    // Without user info, which a URL may carry.
    let url = &config.cluster_url;
    let host = url.authority().map(|authority| authority.as_str()).unwrap_or_default();
    let host = host.rsplit_once('@').map_or(host, |(_, host)| host);
    let path = url.path().trim_end_matches('/');
    let server = format!("{}://{host}{path}", url.scheme_str().unwrap_or("https"));
    let namespace = config.default_namespace.clone();
    Identity { context: context.to_owned(), server, live: true, namespace, login }
}
