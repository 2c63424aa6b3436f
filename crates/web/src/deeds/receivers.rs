//! Whom the site tells by itself: adding a receiver, trying it, switching it off and on, removing it. Secrets go in, and do not come
//! out again, but for that of a new webhook.

use wardround_notice::{Login, Mail, Protection, Receiver, Secret, Syslog, Unfit, Way, Webhook, new_secret};
use wardround_store::{KeptReceiver, ReceiverId, Store};

use crate::asks::Sent;
use crate::layout::plain;
use crate::notices::{self, LONGEST_NAME, MOST};
use crate::problem::Problem;
use crate::site::{Site, now};

/// The way of telling that a form is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum By {
    Mail,
    Webhook,
    Syslog,
}

impl By {
    fn way(self, sent: &Sent) -> Result<Way, Problem> {
        match self {
            Self::Mail => mail(sent).map(Way::Mail),
            Self::Webhook => {
                let secret = new_secret().ok_or(Problem::Fault)?;
                Ok(Way::Webhook(Webhook::parse(sent.text("url"), secret).map_err(bad)?))
            }
            Self::Syslog => {
                let (host, tls) = (sent.text("host").to_owned(), sent.text("plain").is_empty());
                Ok(Way::Syslog(Syslog { host, port: port(sent)?, tls }))
            }
        }
    }
}

fn mail(sent: &Sent) -> Result<Mail, Problem> {
    let to = sent.all("to").flat_map(|some| some.split([',', ';'])).map(str::trim);
    let login = Some(sent.text("login")).filter(|name| !name.is_empty());
    Ok(Mail {
        host: sent.text("host").to_owned(),
        port: port(sent)?,
        protection: match sent.text("protection") {
            "tls" => Protection::Tls,
            "none" => Protection::None,
            _ => Protection::StartTls,
        },
        from: sent.text("from").to_owned(),
        to: to.filter(|address| !address.is_empty()).map(str::to_owned).collect(),
        login: login.map(|name| Login {
            name: name.to_owned(),
            password: Secret::new(sent.exact("password").to_owned()),
        }),
    })
}

fn port(sent: &Sent) -> Result<u16, Problem> {
    sent.text("port").parse().map_err(|_| bad(Unfit::Port))
}

/// What is wrong, and with which field.
fn bad(unfit: Unfit) -> Problem {
    let field = match unfit {
        Unfit::Host => "host",
        Unfit::Port => "port",
        Unfit::Address => "url",
        Unfit::MailAddress => "to",
        Unfit::Certificates => "trusted",
        Unfit::Secret => "login",
        Unfit::Site => "site",
    };
    Problem::Field(field, unfit.to_string())
}

/// A receiver that was added.
pub(crate) struct Added {
    pub(crate) id: ReceiverId,
    /// The secret of a webhook, which is told once.
    pub(crate) secret: Option<String>,
}

/// Adds a receiver.
pub(crate) async fn add(site: &Site, by: By, sent: &Sent) -> Result<Added, Problem> {
    let name = plain(sent.text("name")).replace(['\n', '\t'], " ");
    if name.is_empty() || name.chars().count() > LONGEST_NAME {
        let text = format!("Give it a name, in at most {LONGEST_NAME} characters.");
        return Err(Problem::Field("name", text));
    }
    let given = |field: &str| Some(sent.text(field).to_owned()).filter(|text| !text.is_empty());
    let is = |field: &str| sent.text(field) == "yes";
    let receiver = Receiver {
        way: by.way(sent)?,
        inside: is("inside"),
        trusted: given("trusted"),
        names: is("names"),
        site: given("site"),
    };
    receiver.check().map_err(bad)?;
    if site.home.read(Store::receiver_list).await?.len() >= MOST {
        return Err(Problem::Refused(format!("There are {MOST} receivers. Remove one first.")));
    }
    let id = notices::add(site, &name, &receiver).await?;
    let secret = match &receiver.way {
        Way::Webhook(webhook) => Some(webhook.secret.shown().to_owned()),
        Way::Mail(_) | Way::Syslog(_) => None,
    };
    Ok(Added { id, secret })
}

/// The receiver that an address names.
pub(crate) async fn named_by(site: &Site, text: &str) -> Result<KeptReceiver, Problem> {
    let id: ReceiverId = text.parse().map_err(|()| Problem::NotFound)?;
    let all = site.home.read(Store::receiver_list).await?;
    all.into_iter().find(|receiver| receiver.id == id).ok_or(Problem::NotFound)
}

/// How a trial went.
pub(crate) struct Tried {
    pub(crate) receiver: KeptReceiver,
    /// What is to be known of it, or why it could not be told.
    pub(crate) went: Result<Option<String>, String>,
}

/// Tells a receiver something now, for a trial.
pub(crate) async fn try_now(site: &Site, text: &str) -> Result<Tried, Problem> {
    let receiver = named_by(site, text).await?;
    let went = notices::try_now(site, &receiver).await?;
    Ok(Tried { receiver, went: went.map_err(|(_, why)| why) })
}

/// Tells a receiver nothing from now on, or tells it again.
pub(crate) async fn switch(site: &Site, text: &str, on: bool) -> Result<(), Problem> {
    let (id, off_at) = (named_by(site, text).await?.id, (!on).then(now));
    site.home.write(move |store| store.receiver_switch(id, off_at)).await?;
    Ok(())
}

/// Removes a receiver with all that waits for it.
pub(crate) async fn remove(site: &Site, text: &str) -> Result<(), Problem> {
    let id = named_by(site, text).await?.id;
    site.home.write(move |store| store.receiver_remove(id)).await?;
    Ok(())
}
