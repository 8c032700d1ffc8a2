//! Reads a View: every kind listed once, all at the same time, page by page into lean structs.

use std::time::{Duration, Instant};

use bytes::Bytes;
use futures::StreamExt;
use view::{Builder, CustomType, Kind, Page, Rows, Status, Time, View};

use crate::cluster::Cluster;
use crate::error::Error;
use crate::names;
use crate::resource::Resource;
use crate::send::{Ask, Deadline, JSON};
use crate::serving::{Place, Served, declared, is_built_in};

/// Kinds that are listed at the same time.
const CONCURRENT: usize = 8;
/// How often a list that was overtaken by changes is started again.
const RESTARTS: u32 = 2;

/// Definitions a page.
const DEFINITIONS: u32 = 100;

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

/// The rows of a list, how complete they are, and how many were left out.
pub(crate) struct KindRead {
    pub(crate) rows: Rows,
    pub(crate) status: Status,
    pub(crate) skipped: usize,
}

/// What all lists of a read have in common.
#[derive(Clone)]
pub(crate) struct Lists<'a> {
    pub(crate) plan: &'a ReadPlan,
    pub(crate) namespace: Option<&'a str>,
    pub(crate) deadline: Deadline,
    pub(crate) served: Served<'a>,
}

/// One list: of what type, how large a page is, and how many are read at most.
pub(crate) struct List<'a> {
    pub(crate) resource: &'a Resource,
    pub(crate) limit: u32,
    pub(crate) pages: usize,
}

impl Cluster {
    /// Reads the kinds of a plan into a View. A kind that cannot be read is a gap of its coverage,
    /// not an error. [`Kind::CustomResource`] stands for all instances of custom types; it brings the
    /// definitions with it.
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
        let instances = kinds.contains(&Kind::CustomResource);
        if instances {
            kinds.retain(|kind| !matches!(kind, Kind::CustomResource | Kind::CustomResourceDefinition));
        }
        let asks_what_is_served = instances || kinds.iter().any(|kind| !is_built_in(kind.info().group));
        let lists = Lists { plan, namespace, deadline, served: self.served(deadline) };
        let discovery = async {
            if asks_what_is_served {
                lists.served.clone().await;
            }
            Ok(())
        };
        let version = async {
            let version = self.version().await;
            Ok(version.map(|version| version.git_version).unwrap_or_default())
        };
        let alone = kinds.is_empty();
        let customs = async {
            match instances {
                true => self.read_custom(&lists, alone).await.map(Some),
                false => Ok(None),
            }
        };
        // A cluster that is out of reach ends the read at once, without waiting for the version.
        let (reads, custom, version, ()) =
            futures::try_join!(self.read_kinds(kinds, &lists), customs, version, discovery)?;
        let mut builder = Builder::new(Time::from_unix(self.now().as_second()), &version);
        let mut skipped = 0;
        let custom = custom.map(|custom| {
            for (of, status) in custom.types {
                builder.set_type(of, status, namespace);
            }
            [custom.definitions, custom.instances]
        });
        for read in reads.into_iter().chain(custom.into_iter().flatten()) {
            skipped += read.skipped;
            builder.set(read.rows, read.status, namespace);
        }
        let view = tokio::task::spawn_blocking(move || builder.finish()).await;
        let mut view = view.map_err(|failure| Error::Malformed {
            what: "read the cluster".to_owned(),
            reason: failure.to_string(),
        })?;
        self.narrow(&mut view, &plan.kinds);
        Ok(ReadOutcome { view, requests: self.requests() - before, skipped, elapsed: started.elapsed() })
    }

    /// Says of what a dump holds that it knows no other namespaces.
    fn narrow(&self, view: &mut View, kinds: &[Kind]) {
        let Some(visited) = &self.0.visited else { return };
        for kind in kinds.iter().filter(|kind| **kind != Kind::CustomResource) {
            let namespaces = visited.get(&declared(*kind).qualified());
            view.coverage.narrow(*kind, namespaces.into_iter().flatten().map(String::as_str));
        }
        let types: Vec<CustomType> = view.coverage.types().map(|(custom, _)| custom.clone()).collect();
        for custom in types {
            let namespaces = visited.get(&format!("{}.{}", custom.plural, custom.group));
            view.coverage.narrow_type(&custom, namespaces.into_iter().flatten().map(String::as_str));
        }
    }

    /// Lists the kinds at the same time. When the first ones all fail for a reason that concerns
    /// every kind, the others are not tried.
    async fn read_kinds(&self, kinds: Vec<Kind>, lists: &Lists<'_>) -> Result<Vec<KindRead>, Error> {
        let mut reads = Vec::new();
        let mut failed = 0;
        let mut first = None;
        let mut all =
            futures::stream::iter(kinds).map(|kind| self.read_kind(kind, lists)).buffer_unordered(CONCURRENT);
        while let Some((read, error)) = all.next().await {
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

    pub(crate) async fn read_kind(&self, kind: Kind, lists: &Lists<'_>) -> (KindRead, Option<Error>) {
        let resource = match self.place(kind, &lists.served).await {
            Place::Ask(resource) => resource,
            Place::Known(status) => {
                return (KindRead { rows: Rows::empty(kind), status, skipped: 0 }, None);
            }
        };
        // Definitions carry their schemas and are by far the largest objects there are.
        let limit = if kind == Kind::CustomResourceDefinition { DEFINITIONS } else { u32::MAX };
        self.read_list(kind, &List { resource: &resource, limit, pages: usize::MAX }, lists).await
    }

    /// Reads a list into the rows of a kind, again from the start where changes overtook it.
    pub(crate) async fn read_list(
        &self,
        kind: Kind,
        list: &List<'_>,
        lists: &Lists<'_>,
    ) -> (KindRead, Option<Error>) {
        let mut restarts = 0;
        loop {
            let mut read = KindRead { rows: Rows::empty(kind), status: Status::Complete, skipped: 0 };
            let error = match self.read_pages(&mut read, list, lists).await {
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

    async fn read_pages(&self, read: &mut KindRead, list: &List<'_>, lists: &Lists<'_>) -> Result<(), Error> {
        let resource = list.resource;
        let namespace = lists.namespace.filter(|_| resource.namespaced);
        let mut token = String::new();
        for _ in 0..list.pages {
            let ask = Ask {
                path: page_path(list, namespace, lists.plan, &token),
                accept: JSON,
                verb: "list",
                kind: &resource.kind,
                resource: resource.qualified(),
                namespace,
                name: None,
                max_bytes: self.0.options.max_bytes,
                cut: false,
                deadline: lists.deadline,
            };
            let (body, _) = self.send(&ask).await?;
            let page = parse(&mut read.rows, body, &ask).await?;
            read.skipped += page.skipped;
            if page.continue_token.is_empty() {
                return Ok(());
            }
            token = page.continue_token;
        }
        read.status = Status::Truncated;
        Ok(())
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

fn page_path(list: &List<'_>, namespace: Option<&str>, plan: &ReadPlan, token: &str) -> String {
    let limit = plan.page_limit.clamp(1, list.limit.max(1));
    let mut path = format!("{}?limit={limit}", list.resource.path(namespace));
    if plan.warnings_only && list.resource.plural == "events" && list.resource.group.is_empty() {
        path.push_str("&fieldSelector=type%21%3DNormal");
    }
    if !token.is_empty() {
        path.push_str("&continue=");
        path.push_str(&names::encode(token));
    }
    path
}
