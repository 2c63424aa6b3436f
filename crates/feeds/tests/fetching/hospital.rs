//! A hospital that keeps feeds from a publisher on this computer.

use std::path::PathBuf;
use std::time::Duration;

use wardround_feeds::update::{self, Report, Setting};
use wardround_feeds::{Catalogue, Client, Loss, Settings, Silent};

use crate::publisher::Publisher;

pub(crate) struct Hospital {
    pub(crate) publisher: Publisher,
    pub(crate) folder: tempfile::TempDir,
    pub(crate) sources: String,
    pub(crate) now: &'static str,
    pub(crate) attempts: u32,
    pub(crate) loss: Loss,
}

impl Hospital {
    /// A hospital with one source `kev`, whose file stands at `/kev.json`.
    pub(crate) fn new() -> Self {
        let publisher = Publisher::new();
        let sources =
            format!("[[source]]\nid = 'kev'\nmethod = 'files'\nurls = ['{}']\n", publisher.url("/kev.json"));
        Self::with(publisher, sources)
    }

    pub(crate) fn with(publisher: Publisher, sources: String) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let now = "2026-11-24T08:00:00Z";
        Self { publisher, folder, sources, now, attempts: 3, loss: Loss::Refuse }
    }

    /// Fetches the first source.
    pub(crate) fn update(&self) -> Report {
        self.update_all().remove(0)
    }

    pub(crate) fn catalogue(&self) -> Catalogue {
        Catalogue::default().with(&self.sources, "sources.toml").unwrap()
    }

    /// Fetches every source.
    pub(crate) fn update_all(&self) -> Vec<Report> {
        let catalogue = self.catalogue();
        let client = Client::new(Settings {
            loopback_http: catalogue.names_this_computer(),
            stall: Duration::from_millis(400),
            attempts: self.attempts,
            first_wait: Duration::from_millis(5),
            longest_wait: Duration::from_secs(3),
            ..Settings::default()
        });
        let setting = Setting {
            catalogue: &catalogue,
            client: &client.unwrap(),
            feeds: self.folder.path(),
            now: self.now.parse().unwrap(),
            loss: self.loss,
            progress: &Silent,
        };
        catalogue.sources.iter().map(|source| update::fetch(source, setting)).collect()
    }

    /// Fetches; nothing may go wrong. How many files were new.
    #[track_caller]
    pub(crate) fn fine(&self) -> u64 {
        let report = self.update();
        assert_eq!(report.fetched.failed, 0, "{:?}", report.fetched.problems);
        report.fetched.new_files
    }

    /// Fetches; it must go wrong in a sentence with these words.
    #[track_caller]
    pub(crate) fn fails(&self, words: &[&str]) {
        let report = self.update();
        let said: Vec<String> = report.fetched.problems.iter().map(ToString::to_string).collect();
        let said = said.join("\n");
        assert!(report.fetched.failed > 0, "nothing went wrong");
        for word in words {
            assert!(said.contains(word), "{word:?} is missing in: {said}");
        }
    }

    /// The files of a source, without hidden ones, in order.
    pub(crate) fn files(&self, source: &str) -> Vec<String> {
        let entries = std::fs::read_dir(self.folder.path().join(source)).unwrap();
        let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let mut names: Vec<String> = names.filter(|name| !name.starts_with('.')).collect();
        names.sort();
        names
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// What the source's file holds.
    pub(crate) fn kev(&self) -> String {
        std::fs::read_to_string(self.path("kev/kev.json")).unwrap_or_default()
    }
}
