//! Reads a View: every kind listed once, all at the same time, page by page into lean structs.

use std::time::{Duration, Instant};

use bytes::Bytes;
use futures::StreamExt;
use view::{Builder, Kind, KindInfo, Page, Rows, Status, Time, View};

use crate::cluster::Cluster;
use crate::error::Error;
use crate::names;
use crate::send::{Ask, Deadline, JSON};

/// Kinds that are listed at the same time.
const CONCURRENT: usize = 8;
/// How often a list that was overtaken by changes is started again.
const RESTARTS: u32 = 2;

/// Failures of every kind's concern, without any success, after which the read ends.
const ENOUGH_FAILED: usize = 3;

/// What to read.
#[derive(Clone, Debug)]
pub struct ReadPlan {
    /// The kinds, each listed once; those that no API server serves are left out.
    pub kinds: Vec<Kind>,
    /// Narrows the lists of namespaced kinds; cluster-scoped kinds are read whole.
    pub namespace: Option<String>,
    /// Objects a page.
    pub page_limit: u32,
    /// Time for the whole read.
    pub deadline: Duration,
    /// Leaves out events of type Normal.
    pub warnings_only: bool,
}

impl Default for ReadPlan {
    fn default() -> Self {
        ReadPlan {
            kinds: Vec::new(),
            namespace: None,
            page_limit: 500,
            deadline: Duration::from_secs(60),
            warnings_only: false,
        }
    }
}

/// What was read.
#[derive(Clone, Debug)]
pub struct ReadOutcome {
    /// The cluster as a value; its coverage says what could not be read, and why.
    pub view: View,
    /// API requests made for it.
    pub requests: u64,
    /// Objects that could not be read as their kind and were left out.
    pub skipped: usize,
    /// Time it took.
    pub elapsed: Duration,
}

/// The rows of a kind, how complete they are, and how many were left out.
struct KindRead {
    rows: Rows,
    status: Status,
    skipped: usize,
}

impl Cluster {
    /// Reads the kinds of a plan into a View. A kind that cannot be read is a gap of its coverage,
    /// not an error.
    ///
    /// # Errors
    /// [`Error::Unreachable`], [`Error::Unauthorized`] and errors of the credentials, which concern
    /// every kind; [`Error::BadName`] for the namespace.
    pub async fn read(&self, plan: &ReadPlan) -> Result<ReadOutcome, Error> {
        let started = Instant::now();
        let before = self.requests();
        let namespace = plan.namespace.as_deref().filter(|namespace| !namespace.is_empty());
        let namespace = namespace.map(names::namespace).transpose()?;
        let deadline = Deadline::after(plan.deadline);
        let mut kinds = plan.kinds.clone();
        kinds.retain(|kind| !kind.info().remote);
        kinds.sort();
        kinds.dedup();
        let version = async {
            let version = self.version().await;
            Ok(version.map(|version| version.git_version).unwrap_or_default())
        };
        let lists = self.read_kinds(kinds, plan, namespace, deadline);
        // A cluster that is out of reach ends the read at once, without waiting for the version.
        let (reads, version) = futures::try_join!(lists, version)?;
        let mut builder = Builder::new(Time::from_unix(self.now().as_second()), &version);
        let mut skipped = 0;
        for read in reads {
            skipped += read.skipped;
            builder.set(read.rows, read.status, namespace);
        }
        let view = tokio::task::spawn_blocking(move || builder.finish()).await;
        let mut view = view.map_err(|failure| Error::Malformed {
            what: "read the cluster".to_owned(),
            reason: failure.to_string(),
        })?;
        if let Some(visited) = &self.0.visited {
            for kind in &plan.kinds {
                let namespaces = visited.get(&qualified(kind.info()));
                view.coverage.narrow(*kind, namespaces.into_iter().flatten().map(String::as_str));
            }
        }
        Ok(ReadOutcome { view, requests: self.requests() - before, skipped, elapsed: started.elapsed() })
    }

    /// Lists the kinds at the same time. When the first ones all fail for a reason that concerns
    /// every kind, the others are not tried.
    async fn read_kinds(
        &self,
        kinds: Vec<Kind>,
        plan: &ReadPlan,
        namespace: Option<&str>,
        deadline: Deadline,
    ) -> Result<Vec<KindRead>, Error> {
        let mut reads = Vec::new();
        let mut failed = 0;
        let mut first = None;
        let mut lists = futures::stream::iter(kinds)
            .map(|kind| self.read_kind(kind, plan, namespace, deadline))
            .buffer_unordered(CONCURRENT);
        while let Some((read, error)) = lists.next().await {
            reads.push(read);
            if let Some(error) = error {
                failed += 1;
                first.get_or_insert(error);
            }
            if failed == reads.len() && failed >= ENOUGH_FAILED {
                break;
            }
        }
        match first {
            Some(error) if failed == reads.len() => Err(error),
            _ => Ok(reads),
        }
    }

    async fn read_kind(
        &self,
        kind: Kind,
        plan: &ReadPlan,
        namespace: Option<&str>,
        deadline: Deadline,
    ) -> (KindRead, Option<Error>) {
        let mut restarts = 0;
        loop {
            let mut read = KindRead { rows: Rows::empty(kind), status: Status::Complete, skipped: 0 };
            let error = match self.read_pages(&mut read, plan, namespace, deadline).await {
                Ok(()) => {
                    // What could not be read exists all the same.
                    if read.skipped > 0 {
                        read.status = Status::Truncated;
                    }
                    return (read, None);
                }
                Err(error) => error,
            };
            if matches!(error, Error::Gone { .. }) && restarts < RESTARTS {
                restarts += 1;
                continue;
            }
            read.status = status_of(&error, !read.rows.is_empty());
            let concerns_all = concerns_every_kind(&error) && read.rows.is_empty();
            return (read, concerns_all.then_some(error));
        }
    }

    async fn read_pages(
        &self,
        read: &mut KindRead,
        plan: &ReadPlan,
        namespace: Option<&str>,
        deadline: Deadline,
    ) -> Result<(), Error> {
        let kind = read.rows.kind();
        let info = kind.info();
        let namespace = namespace.filter(|_| info.namespaced);
        let mut token = String::new();
        loop {
            let ask = Ask {
                path: page_path(info, namespace, plan, &token),
                accept: JSON,
                verb: "list",
                kind: info.name,
                resource: qualified(info),
                namespace,
                name: None,
                max_bytes: self.0.options.max_bytes,
                cut: false,
                deadline,
            };
            let (body, _) = self.send(&ask).await?;
            let page = parse(&mut read.rows, body, &ask).await?;
            read.skipped += page.skipped;
            if page.continue_token.is_empty() {
                return Ok(());
            }
            token = page.continue_token;
        }
    }
}

/// Parses a page off the async threads and drops its bytes.
async fn parse(rows: &mut Rows, body: Bytes, ask: &Ask<'_>) -> Result<Page, Error> {
    let mut filled = std::mem::replace(rows, Rows::empty(rows.kind()));
    let parsed = tokio::task::spawn_blocking(move || {
        let page = filled.append_page(&body);
        (filled, page)
    });
    let reason = match parsed.await {
        Ok((filled, page)) => {
            *rows = filled;
            match page {
                Ok(page) => return Ok(page),
                Err(problem) => problem.reason,
            }
        }
        Err(failure) => failure.to_string(),
    };
    Err(Error::Malformed { what: ask.what(), reason })
}

/// Whether no other list would do better. A connection may also be lost in the middle of one list,
/// which is why one such failure proves nothing.
fn concerns_every_kind(error: &Error) -> bool {
    matches!(
        error,
        Error::Unreachable { .. }
            | Error::Unauthorized { .. }
            | Error::ExecPlugin { .. }
            | Error::Kubeconfig { .. }
            | Error::ContextNotFound { .. }
    )
}

/// What a failed list says about its kind. After some pages, what has been read is true and the
/// rest unknown.
fn status_of(error: &Error, some: bool) -> Status {
    match error {
        Error::Gone { .. } => Status::Truncated,
        Error::Forbidden { .. } => Status::Forbidden,
        Error::NotServed { .. } => Status::Absent,
        Error::NotCaptured { .. } => Status::NotCaptured,
        _ if some => Status::Truncated,
        error => Status::Failed(error.to_string().as_str().into()),
    }
}

fn page_path(info: &KindInfo, namespace: Option<&str>, plan: &ReadPlan, token: &str) -> String {
    let mut path = format!("{}?limit={}", info.list_path(namespace), plan.page_limit.max(1));
    if plan.warnings_only && info.plural == "events" {
        path.push_str("&fieldSelector=type%21%3DNormal");
    }
    if !token.is_empty() {
        path.push_str("&continue=");
        path.push_str(&names::encode(token));
    }
    path
}

fn qualified(info: &KindInfo) -> String {
    if info.group.is_empty() { info.plural.to_owned() } else { format!("{}.{}", info.plural, info.group) }
}
