//! What is published while the site runs: the newest round is judged again at once, and Today answers whether the hospital has it.

use std::time::{Duration, Instant};

use crate::browser::{Browser, between, set_up};
use crate::running::Running;

pub(crate) const SOFTWARE: &str = "\"ComputerName\",\"DisplayName\",\"DisplayVersion\",\"Publisher\"
\"SRV-BILLING\",\"Apache Tomcat 9.0.30\",\"9.0.30\",\"The Apache Software Foundation\"
";

/// A feed of one weakness of Tomcat and one of a product that nobody here has.
fn nvd() -> String {
    let one = |cve: &str, product: &str| {
        format!(
            r#"{{"cve":{{"id":"{cve}","vulnStatus":"Analyzed","lastModified":"2026-11-20T00:00:00.000","metrics":{{}},"configurations":[{{"nodes":[{{"operator":"OR","negate":false,"cpeMatch":[{{"criteria":"cpe:2.3:a:{product}:*:*:*:*:*:*:*:*","versionEndExcluding":"9.0.99","vulnerable":true}}]}}]}}]}}}}"#
        )
    };
    let (ours, other) = (one("CVE-2026-0001", "apache:tomcat"), one("CVE-2026-0002", "example:nothing"));
    format!(
        r#"{{"resultsPerPage":2,"startIndex":0,"totalResults":2,"format":"NVD_CVE","version":"2.0","timestamp":"2026-11-20T00:00:00.000","vulnerabilities":[{ours},{other}]}}"#
    )
}

/// The list of exploited weaknesses, with these.
fn kev(day: &str, cves: &[&str]) -> String {
    let one = |cve: &&str| {
        format!(
            r#"{{"cveID":"{cve}","vendorProject":"Example","product":"Example","vulnerabilityName":"x","dateAdded":"{day}","shortDescription":"x","requiredAction":"x","dueDate":"2026-12-20","knownRansomwareCampaignUse":"Unknown","notes":"","cwes":[]}}"#
        )
    };
    let all: Vec<String> = cves.iter().map(one).collect();
    format!(
        r#"{{"title":"CISA Catalog of Known Exploited Vulnerabilities","catalogVersion":"{}","dateReleased":"{day}T00:00:00Z","count":{},"vulnerabilities":[{}]}}"#,
        day.replace('-', "."),
        cves.len(),
        all.join(",")
    )
}

/// Builds an index of these feeds and puts it in the place of the one in use, as an update does.
pub(crate) fn publish(site: &Running, day: &str, cves: &[&str]) {
    std::fs::create_dir_all(site.path("feeds")).unwrap();
    std::fs::write(site.path("feeds/nvd.json"), nvd()).unwrap();
    std::fs::write(site.path("feeds/kev.json"), kev(day, cves)).unwrap();
    let built = site.run(&["intel", "build", "--from", "feeds"]);
    assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
}

/// Today, as soon as it tells of this round.
fn today_of(browser: &Browser, round: &str) -> String {
    let started = Instant::now();
    loop {
        let page = browser.get("/").text;
        if page.contains(&format!("Round {round}.")) {
            return page;
        }
        assert!(started.elapsed() < Duration::from_secs(60), "no {round}: {page}");
        std::thread::sleep(Duration::from_millis(300));
    }
}

#[test]
fn what_is_published_is_looked_for_at_once_and_answered_in_a_sentence() {
    let site = Running::new();
    publish(&site, "2026-11-20", &["CVE-2026-0003"]);
    let (ada, _) = set_up(&site);
    std::fs::write(site.path("software.csv"), SOFTWARE).unwrap();
    for words in [&["import", "software.csv", "--day", "2026-11-20"][..], &["round"][..]] {
        let done = site.run(&[words, &["--store", "rounds.sqlite"]].concat());
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    }
    assert!(!today_of(&ada, "R-1").contains("do we have"));

    publish(&site, "2026-11-21", &["CVE-2026-0003", "CVE-2026-0002"]);
    let today = today_of(&ada, "R-2");
    let answer = between(&today, "aria-label=\"What was published\"", "</section>").unwrap();
    assert!(answer.contains("A weakness that is being exploited was published: do we have it?"), "{answer}");
    assert!(answer.contains("<strong>No.</strong>"), "{answer}");

    // One more and one less: the list is as long as before, and still says something new.
    publish(&site, "2026-11-22", &["CVE-2026-0003", "CVE-2026-0001"]);
    let today = today_of(&ada, "R-3");
    let answer = between(&today, "aria-label=\"What was published\"", "</section>").unwrap();
    assert!(answer.contains("do we have it? <strong>Yes, here: </strong>"), "{answer}");
    let finding = between(&answer, "href=\"", "\"").unwrap();
    ada.get(&finding).shows(&["CVE-2026-0001", "Apache Tomcat"]);
    // Also where the list has the same day.
    publish(&site, "2026-11-22", &["CVE-2026-0002", "CVE-2026-0001"]);
    let today = today_of(&ada, "R-4");
    let answer = between(&today, "aria-label=\"What was published\"", "</section>").unwrap();
    assert!(answer.contains("A weakness that is being exploited was published"), "{answer}");
    assert!(answer.contains("<strong>No.</strong>"), "{answer}");
    // Daily lists do not fill the disk: what nobody used is gone, and links to it still lead to what was seen.
    let started = Instant::now();
    while ada.get("/rounds").text.contains("/devices?round=R-2\"") {
        assert!(started.elapsed() < Duration::from_secs(60), "R-2 is still there");
        std::thread::sleep(Duration::from_millis(300));
    }
    ada.get("/rounds").shows(&["R-1", "R-3", "R-4", "judged again from R-1"]);
    ada.get("/devices?round=R-2").shows(&["This is round R-1"]);
    ada.get("/audit").shows(&["removed a round that only judged again", "R-2, judged again from R-1"]);
    // Once is enough, also for a site that is started anew.
    let mut site = site.stopped_and_started_again();
    std::thread::sleep(Duration::from_secs(7));
    assert!(site.stop().success());
    let list = site.run(&["round", "list", "--store", "rounds.sqlite"]);
    let list = String::from_utf8_lossy(&list.stdout);
    assert!(list.contains("judged again from R-1") && !list.contains("R-5"), "{list}");
}
