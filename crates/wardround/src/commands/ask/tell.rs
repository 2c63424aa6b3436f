//! Scope, plan, check and log, for people.

use std::fmt::Write as _;

use anyhow::Result;
use wardround_ask::journal::Line;
use wardround_ask::learned::Learned;
use wardround_ask::{Plan, Question, Scope, wanted_approvals};
use wardround_model::Timestamp;
use wardround_report::page::count;

/// What every plan says of itself.
const JUDGEMENT: &str = "The limits are our own judgement. No live medical device was tested.";

pub(super) fn scope(scope: &Scope) -> Result<String> {
    let mut text = String::new();
    for net in &scope.networks {
        writeln!(text, "May be asked:  {net}")?;
    }
    for net in &scope.multicast {
        writeln!(
            text,
            "All at once:   {net} (a multicast reaches every device there, also medical and unknown ones)"
        )?;
    }
    writeln!(text, "Owner:         {} ({})", plain(&scope.owner), plain(&scope.phone))?;
    if let Some(hours) = &scope.hours {
        writeln!(text, "Hours:         {}", plain(&hours.to_string()))?;
    }
    writeln!(text, "Window:        {} to {}", moment(scope.window.from), moment(scope.window.until))?;
    Ok(text)
}

pub(super) fn plan(plan: &Plan, again: &str) -> Result<String> {
    let mut text = format!("Plan {} from round R-{}\n\n", plan.mark(), plan.round);
    text.push_str(&scope(&plan.scope)?);
    let (questions, hosts) = (plan.exchanges.len() as u64, plan.hosts() as u64);
    writeln!(
        text,
        "\n{} to {}: at most {}, at most {}.",
        count(questions, "question", "questions"),
        count(hosts, "host", "hosts"),
        count(plan.packets(), "packet", "packets"),
        minutes(plan.longest().as_secs())
    )?;
    writeln!(
        text,
        "One connection at a time; {} s or more between two to one host.",
        plan.pace.host_gap().as_secs()
    )?;
    if plan.listed.user {
        writeln!(text, "The user of SNMP 3 is given to the run; it is in no plan and no log.")?;
    }
    if plan.listed.community {
        writeln!(text, "The community of SNMP is given to the run; it is in no plan and no log.")?;
    }
    if plan.exchanges.iter().any(|exchange| exchange.question == Question::LinuxRead) {
        writeln!(
            text,
            "Servers are read as the account {}. Its key is given to the run; it is in no plan and no log.",
            plan.listed.reading.login
        )?;
    }
    if plan.exchanges.iter().any(|exchange| exchange.question == Question::DirectoryRead) {
        writeln!(text, "A login for the directory is given to the run; it is in no plan and no log.")?;
    }
    writeln!(text, "{JUDGEMENT}\n")?;
    for exchange in &plan.exchanges {
        let area = if exchange.clinical { "; clinical area" } else { "" };
        writeln!(
            text,
            "  {:24}  {:18}  {:2} packets  {}{area}",
            exchange.place(),
            exchange.question.code(),
            exchange.packets,
            exchange.net.map_or_else(
                || plain(&exchange.reason),
                |net| format!("all of {net}: {}", plain(&exchange.reason))
            )
        )?;
    }
    if !plan.left_out.is_empty() {
        writeln!(text, "\nNot asked: {}", count(plan.left_out.len() as u64, "host", "hosts"))?;
    }
    for left in &plan.left_out {
        writeln!(text, "  {:21}  {}", left.ip.to_string(), plain(&left.reason))?;
    }
    writeln!(text, "\nNothing was sent. Next: wardround ask check{again}")?;
    Ok(text)
}

pub(super) fn checked(plan: &Plan, people: usize, again: &str) -> Result<String> {
    let wanted = wanted_approvals(plan);
    let mut text = format!("Plan {} keeps to the envelope. {JUDGEMENT}\n", plan.mark());
    if plan.is_named() {
        writeln!(text, "It asks models that people named, so two different people must approve it.")?;
    }
    if plan.is_multicast() {
        writeln!(
            text,
            "It asks all devices of a network at once, also medical and unknown ones, so two different people must approve it."
        )?;
    }
    if plan.is_clinical() {
        writeln!(text, "It reaches a clinical area, so two different people must approve it.")?;
    }
    if people < wanted {
        writeln!(text, "Approved by {people} of {wanted}. Next: wardround ask check --approve NAME{again}")?;
    } else {
        writeln!(text, "Approved by {people} of {wanted}. Next: wardround ask run{again}")?;
    }
    Ok(text)
}

fn moment(seconds: i64) -> Timestamp {
    Timestamp::from_seconds(seconds)
}

/// When it may be asked.
pub(super) fn window(scope: &Scope) -> String {
    format!("It is open from {} to {}", moment(scope.window.from), moment(scope.window.until))
}

pub(super) fn log(lines: &[Line]) -> Result<String> {
    if lines.is_empty() {
        return Ok("Nothing was asked yet, and nothing was sent.\n".to_owned());
    }
    let mut text =
        format!("{:20}  {:13}  {:21}  {:14}  {}\n", "WHEN (UTC)", "EVENT", "TO", "QUESTION", "MORE");
    for line in lines {
        let mut more: Vec<String> = Vec::new();
        more.extend(line.packets.map(|packets| format!("at most {packets} packets")));
        more.extend(line.bytes_out.map(|bytes| format!("{bytes} bytes out")));
        more.extend(line.bytes_in.map(|bytes| format!("{bytes} bytes in")));
        more.extend(line.connect_ms.map(|time| format!("connected in {time} ms")));
        more.extend((!line.text.is_empty()).then(|| plain(&line.text)));
        more.extend((!line.by.is_empty()).then(|| format!("by {}", plain(&line.by))));
        let at: String = line.at.chars().take(19).collect();
        let (event, to, question) = (plain(&line.event), plain(&line.to), plain(&line.question));
        writeln!(text, "{at:20}  {event:13}  {to:21}  {question:14}  {}", more.join(", "))?;
    }
    Ok(text)
}

/// Text of a file, without what could move a terminal's cursor.
pub(super) fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '?' } else { c }).take(300).collect()
}

fn minutes(seconds: u64) -> String {
    count(seconds.div_ceil(60), "minute", "minutes")
}

/// What answers changed in what is known.
pub(super) fn learned(learned: &Learned) -> String {
    let counted = |number: usize, one, many| count(number as u64, one, many);
    format!(
        "{}, {}, {}",
        counted(learned.confirmed, "service confirmed", "services confirmed"),
        counted(learned.new, "new service", "new services"),
        counted(learned.versions, "version learned", "versions learned")
    )
}
