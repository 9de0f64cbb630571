//! What the books say of pictures.

use async_trait::async_trait;
use ef_domain::catalogue::{ImageLedger, ImageName, ReleaseImageFailure};
use ef_domain::shared::{AuditEntry, PortFailure};
use sea_orm::DatabaseTransaction;

use crate::audit;
use crate::connect::Database;
use crate::tx::{self, Stop, TxFailure, Work};

const NOTING: &str = "noting what was done to a picture";

/// Pictures in the audit trail of MySQL or SQLite.
pub struct SqlImageLedger {
    database: Database,
}

impl SqlImageLedger {
    /// A ledger over the database.
    pub fn new(database: Database) -> Self {
        Self { database }
    }
}

/// An entry on its way into the trail.
struct Noting<'a> {
    entry: &'a AuditEntry,
    /// Only as long as nothing shows this picture.
    unless_shown: Option<&'a ImageName>,
}

/// The picture is shown.
struct Shown;

#[async_trait]
impl Work for Noting<'_> {
    type Output = ();
    type Refusal = Shown;

    async fn attempt(&self, tx: &DatabaseTransaction) -> Result<(), Stop<Shown>> {
        let Some(name) = self.unless_shown else { return Ok(audit::write(tx, self.entry).await?) };
        if audit::write_unless_shown(tx, self.entry, name).await? { Ok(()) } else { Err(Stop::Refused(Shown)) }
    }
}

#[async_trait]
impl ImageLedger for SqlImageLedger {
    async fn note(&self, entry: &AuditEntry) -> Result<(), PortFailure> {
        match tx::run(&self.database, NOTING, &Noting { entry, unless_shown: None }).await {
            // Nothing was asked for that could be refused.
            Ok(()) | Err(TxFailure::Refused(Shown)) => Ok(()),
            Err(TxFailure::Failed(failure) | TxFailure::CommitUnknown(failure)) => Err(failure),
        }
    }

    async fn release(&self, name: &ImageName, entry: &AuditEntry) -> Result<(), ReleaseImageFailure> {
        match tx::run(&self.database, NOTING, &Noting { entry, unless_shown: Some(name) }).await {
            Ok(()) => Ok(()),
            Err(TxFailure::Refused(Shown)) => Err(ReleaseImageFailure::InUse),
            Err(TxFailure::Failed(failure) | TxFailure::CommitUnknown(failure)) => Err(failure.into()),
        }
    }
}
