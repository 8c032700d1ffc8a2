//! Where a cluster comes from, and how patient its calls are.

use std::path::PathBuf;
use std::time::Duration;

/// Where the objects come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// A live cluster. Without a path, `KUBECONFIG` is used, then the service account of the pod this
    /// process runs in, then `~/.kube/config`. Without a context, the current one.
    Kubeconfig {
        /// A kubeconfig file; a leading `~/` is the home directory.
        path: Option<PathBuf>,
        /// A context of it.
        context: Option<String>,
    },
    /// A recording: this program's own, the output of `kubectl get -o yaml|json`, a directory of
    /// such files, a `kubectl cluster-info dump` directory, or an OpenShift must-gather.
    Snapshot(PathBuf),
    /// The recorded cluster inside the program.
    Demo,
}

/// Limits of the calls to a cluster.
#[derive(Clone, Debug)]
pub struct Options {
    /// Time to establish a connection.
    pub connect: Duration,
    /// Time for the credential plugin of a kubeconfig.
    pub plugin: Duration,
    /// Time for a whole call, its retries included.
    pub deadline: Duration,
    /// Retries of a request that met 429, 503, 504 or a lost connection.
    pub retries: u32,
    /// Total time a call may spend waiting between retries.
    pub wait: Duration,
    /// Largest answer read, in bytes, unpacked.
    pub max_bytes: usize,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            connect: Duration::from_secs(5),
            plugin: Duration::from_secs(10),
            deadline: Duration::from_secs(30),
            retries: 2,
            wait: Duration::from_secs(20),
            max_bytes: 256 << 20,
        }
    }
}

/// Which cluster this is, for reports.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// Name of the context, `in-cluster`, `demo`, or `snapshot`.
    pub context: String,
    /// URL of the API server, `demo`, or the path of the snapshot.
    pub server: String,
    /// Whether it is a live cluster.
    pub live: bool,
    /// The namespace of the context, `default` where it names none: what kubectl would use.
    pub namespace: String,
    /// What the kubeconfig says of the way in.
    pub login: Login,
}

/// What a kubeconfig says of the way into its cluster: clouds put the names of theirs there. Nothing where
/// there is no kubeconfig.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Login {
    /// The context's entry under `clusters`.
    pub cluster: String,
    /// The context's entry under `users`.
    pub user: String,
    /// The credential plugin, as it is called.
    pub command: String,
    /// Its arguments.
    pub args: Vec<String>,
    /// The variables that are set for it.
    pub env: Vec<(String, String)>,
}

impl std::fmt::Debug for Login {
    /// Names only: arguments and variables may hold what must not be shown.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Login({} as {} by {:?})", self.cluster, self.user, self.command)
    }
}

impl std::fmt::Display for Identity {
    /// `context at server`, or what was recorded.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.live {
            true => write!(f, "{} at {}", self.context, self.server),
            false if self.context == self.server => write!(f, "{} cluster", self.context),
            false => write!(f, "{} {}", self.context, self.server),
        }
    }
}
