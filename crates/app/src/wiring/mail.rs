//! Mail, from its section of the configuration to its room in the shop.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use ef_domain::notice::{
    DeliverMail, FeedbackReader, MailOutbox, Mailer, ReviewMail, ReviewSuppressions, Standstill, SuppressionList,
    SweepMail, SweepRota, TakeFeedback,
};
use ef_domain::shared::{Clock, PortFailure, Vault};
use ef_sandbox::{Sandbox, SmtpCredentials};
use ef_ses::{Authority, Encryption, SesConfig, SesMailer, SnsConfig, SnsFeedbackReader, StandIn};
use ef_sql::{Database, SqlMailOutbox, SqlSuppressionList};

use crate::config::{Config, MailCredentials, MailSection};
use crate::shop::MailRoom;

/// The ports that are encrypted from the first byte.
const WRAPPED: [u16; 2] = [465, 2465];
/// How much longer than a batch a mail stays its sender's. Once it is anybody's again, nobody is still sending it.
const LEASE_SLACK: Duration = Duration::from_secs(30);

/// Whoever carries mails, and whoever tells what became of them.
pub struct MailPartner {
    /// Carries mails.
    pub mailer: Arc<dyn Mailer>,
    /// Tells.
    pub reader: Arc<dyn FeedbackReader>,
}

/// Where a sandbox is that may play the partner.
struct Whereabouts {
    smtp: SocketAddr,
    pages: SocketAddr,
    /// What the one in this process calls itself.
    public_url: Option<String>,
}

impl Whereabouts {
    fn of(config: &Config, sandbox: Option<&Sandbox>) -> Self {
        match sandbox {
            Some(sandbox) => {
                Self { smtp: sandbox.smtp_address(), pages: sandbox.address(), public_url: Some(sandbox.public_url()) }
            }
            None => Self { smtp: config.sandbox.smtp_listen, pages: config.sandbox.listen, public_url: None },
        }
    }
}

/// The mail partner; the sandbox where the configuration names nobody else.
///
/// # Errors
/// [`PortFailure`] where no client can be built.
pub fn mail(config: &Config, sandbox: Option<&Sandbox>, clock: &Arc<dyn Clock>) -> Result<MailPartner, PortFailure> {
    let mail = &config.mail;
    let Whereabouts { smtp, pages, public_url } = Whereabouts::of(config, sandbox);
    let (host, port) = mail.relay(smtp);
    let stand_in = mail.sandbox(pages, public_url);
    let authority = match (&mail.certificate, &stand_in) {
        (Some(pem), _) => Authority::Pem(pem.clone()),
        (None, Some(sandbox)) => Authority::At(format!("{}/mail/certificate", sandbox.url)),
        (None, None) => Authority::Public,
    };
    let MailCredentials { username, password } = mail.credentials.clone().unwrap_or_else(|| {
        let SmtpCredentials { user, password } = SmtpCredentials::built_in();
        MailCredentials { username: user, password: password.into() }
    });
    let mailer = SesMailer::try_new(SesConfig {
        host,
        port,
        encryption: if WRAPPED.contains(&port) { Encryption::Wrapped } else { Encryption::StartTls },
        authority,
        username,
        password,
        from: mail.from.clone(),
        from_name: mail.from_name.clone(),
        configuration_set: mail.configuration_set.clone(),
        shop_url: config.frontend.origin.clone(),
        patience: mail.patience,
    })?;
    let stand_in = stand_in.map(|sandbox| StandIn { origin: sandbox.url, public_origin: sandbox.public_url });
    let notices = SnsConfig { topic_arns: mail.sns_topic_arns.clone(), stand_in };
    let reader = SnsFeedbackReader::try_new(notices, Arc::clone(clock))?;
    Ok(MailPartner { mailer: Arc::new(mailer), reader: Arc::new(reader) })
}

/// The room where mails wait, leave and are heard of.
pub(super) fn room(
    config: &Config,
    partner: MailPartner,
    database: &Database,
    vault: &Arc<dyn Vault>,
    clock: &Arc<dyn Clock>,
) -> MailRoom {
    let outbox: Arc<dyn MailOutbox> = Arc::new(SqlMailOutbox::new(database.clone(), Arc::clone(vault)));
    let suppressed: Arc<dyn SuppressionList> = Arc::new(SqlSuppressionList::new(database.clone()));
    MailRoom {
        deliver: DeliverMail {
            outbox: Arc::clone(&outbox),
            mailer: partner.mailer,
            clock: Arc::clone(clock),
            lease: config.jobs.batch_timeout.saturating_add(LEASE_SLACK),
            budget: MailSection::budget(config.jobs.batch_timeout),
            longest: config.mail.patience.longest(),
            standstill: Standstill::default(),
        },
        sweep: SweepMail {
            outbox: Arc::clone(&outbox),
            suppressed: Arc::clone(&suppressed),
            clock: Arc::clone(clock),
            rota: SweepRota::default(),
        },
        review: ReviewMail { outbox, clock: Arc::clone(clock) },
        suppressions: ReviewSuppressions { suppressed: Arc::clone(&suppressed) },
        feedback: TakeFeedback { reader: partner.reader, suppressed, clock: Arc::clone(clock) },
        pause: config.mail.deliver_pause,
        batch: config.mail.deliver_batch,
    }
}
