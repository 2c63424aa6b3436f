//! Reading one row, column after column, in the order of its table's descriptor.
//!
//! A store is a file that anybody may have changed, so every value is checked as it comes in, and what does not fit is
//! an error that names the column and never the value.

use std::net::IpAddr;
use std::str::FromStr;

use rusqlite::Row;
use rusqlite::types::ValueRef;
use wardround_model::{
    Confidence, Decision, Digest, Endpoint, Evidence, Sighting, SourceIndex, Timestamp, Transport,
};

use crate::error::Trouble;
use crate::pages::LineCell;
use crate::table::{Cell, Place, Table, shown};

/// The columns of one row that have not been read yet.
pub(crate) struct Columns<'r> {
    row: From<'r>,
    table: &'static Table,
    next: usize,
}

/// What a row is read from.
#[derive(Clone, Copy)]
enum From<'r> {
    /// A row of its own.
    Row(&'r Row<'r>),
    /// A line of a page, in which numbers are texts too.
    Line(&'r [LineCell<'r>]),
}

/// What stands in a column.
enum Found<'r> {
    Null,
    Text(&'r [u8]),
    Number(i64),
    /// A cell of a line: its column says what it is.
    Line(&'r str),
    Other,
}

impl<'r> Columns<'r> {
    pub(crate) fn new(row: &'r Row<'r>, table: &'static Table) -> Self {
        Self { row: From::Row(row), table, next: 0 }
    }

    /// Of a row that stands in a page.
    pub(crate) fn of_line(line: &'r [LineCell<'r>], table: &'static Table) -> Self {
        Self { row: From::Line(line), table, next: 0 }
    }

    /// The next column's value.
    fn cell(&mut self) -> Result<Found<'r>, Trouble> {
        let place = self.next;
        self.next += 1;
        Ok(match self.row {
            From::Row(row) => match row.get_ref(place)? {
                ValueRef::Null => Found::Null,
                ValueRef::Text(bytes) => Found::Text(bytes),
                ValueRef::Integer(number) => Found::Number(number),
                ValueRef::Real(_) | ValueRef::Blob(_) => Found::Other,
            },
            From::Line(line) => match line.get(place) {
                None => Found::Other,
                Some(None) => Found::Null,
                Some(Some(text)) => Found::Line(text),
            },
        })
    }

    /// The column that was read last.
    fn place(&self) -> Place {
        self.table.place(self.next.saturating_sub(1))
    }

    /// What was read last does not fit.
    pub(crate) fn damaged(&self) -> Trouble {
        Trouble::Damaged(self.place())
    }

    /// What was read last is a code without a meaning here.
    fn unknown(&self) -> Trouble {
        Trouble::UnknownCode(self.place())
    }

    fn there<T>(&self, value: Option<T>) -> Result<T, Trouble> {
        value.ok_or_else(|| self.damaged())
    }

    /// A text, or null.
    pub(crate) fn maybe_str(&mut self) -> Result<Option<&'r str>, Trouble> {
        match self.cell()? {
            Found::Null => Ok(None),
            Found::Text(bytes) => std::str::from_utf8(bytes).map(Some).map_err(|_| self.damaged()),
            Found::Line(text) => Ok(Some(text)),
            Found::Number(_) | Found::Other => Err(self.damaged()),
        }
    }

    /// A text.
    pub(crate) fn str(&mut self) -> Result<&'r str, Trouble> {
        let text = self.maybe_str()?;
        self.there(text)
    }

    /// A text, owned.
    pub(crate) fn text(&mut self) -> Result<String, Trouble> {
        self.str().map(str::to_owned)
    }

    /// A text or null, owned.
    pub(crate) fn maybe_text(&mut self) -> Result<Option<String>, Trouble> {
        Ok(self.maybe_str()?.map(str::to_owned))
    }

    /// A whole number that fits `T`, or null.
    pub(crate) fn maybe_number<T: TryFrom<i64>>(&mut self) -> Result<Option<T>, Trouble> {
        let number = match self.cell()? {
            Found::Null => return Ok(None),
            Found::Number(number) => Some(number),
            Found::Line(text) => text.parse().ok(),
            Found::Text(_) | Found::Other => None,
        };
        let fits = number.and_then(|number: i64| T::try_from(number).ok());
        fits.map(Some).ok_or_else(|| self.damaged())
    }

    /// A whole number that fits `T`.
    pub(crate) fn number<T: TryFrom<i64>>(&mut self) -> Result<T, Trouble> {
        let number = self.maybe_number()?;
        self.there(number)
    }

    /// The row's position, which must be the expected one: none is missing, doubled or out of order.
    pub(crate) fn position(&mut self, expected: usize) -> Result<(), Trouble> {
        if self.number::<usize>()? == expected { Ok(()) } else { Err(self.damaged()) }
    }

    /// Yes or no.
    pub(crate) fn flag(&mut self) -> Result<bool, Trouble> {
        match self.number::<i64>()? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(self.damaged()),
        }
    }

    /// A moment.
    pub(crate) fn moment(&mut self) -> Result<Timestamp, Trouble> {
        self.number().map(Timestamp::from_nanoseconds)
    }

    /// A moment, or null.
    pub(crate) fn maybe_moment(&mut self) -> Result<Option<Timestamp>, Trouble> {
        Ok(self.maybe_number()?.map(Timestamp::from_nanoseconds))
    }

    /// Per cent.
    pub(crate) fn confidence(&mut self) -> Result<Confidence, Trouble> {
        match self.number()? {
            percent @ 0..=100 => Ok(Confidence::percent(percent)),
            _ => Err(self.damaged()),
        }
    }

    /// A value from its code, or null.
    pub(crate) fn maybe_code<T>(
        &mut self,
        from_code: impl Fn(&str) -> Option<T>,
    ) -> Result<Option<T>, Trouble> {
        let code = self.maybe_str()?;
        code.map(|code| from_code(code).ok_or_else(|| self.unknown())).transpose()
    }

    /// A value from its code.
    pub(crate) fn code<T>(&mut self, from_code: impl Fn(&str) -> Option<T>) -> Result<T, Trouble> {
        let value = self.maybe_code(from_code)?;
        self.there(value)
    }

    /// A decision from its rank, 0 for none.
    pub(crate) fn rank(&mut self) -> Result<Option<Decision>, Trouble> {
        match self.number::<usize>()? {
            0 => Ok(None),
            rank => self.there(Decision::ALL.get(rank - 1).copied()).map(Some),
        }
    }

    /// A value that is stored as people see it, such as an address, or null.
    pub(crate) fn maybe_shown<T: FromStr>(&mut self) -> Result<Option<T>, Trouble> {
        let text = self.maybe_str()?;
        text.map(|text| text.parse().map_err(|_| self.damaged())).transpose()
    }

    /// A value that is stored as people see it, such as an address.
    pub(crate) fn shown<T: FromStr>(&mut self) -> Result<T, Trouble> {
        let value = self.maybe_shown()?;
        self.there(value)
    }

    /// An id of this prefix, such as `A-`, or null.
    pub(crate) fn maybe_id(&mut self, prefix: &str) -> Result<Option<Digest>, Trouble> {
        let digest = |text: &str| text.strip_prefix(prefix)?.parse().ok();
        let text = self.maybe_str()?;
        text.map(|text| digest(text).ok_or_else(|| self.damaged())).transpose()
    }

    /// An id of this prefix, such as `A-`.
    pub(crate) fn id(&mut self, prefix: &str) -> Result<Digest, Trouble> {
        let id = self.maybe_id(prefix)?;
        self.there(id)
    }

    /// An endpoint (`ip`, `transport`, `port`), or three nulls.
    pub(crate) fn maybe_endpoint(&mut self) -> Result<Option<Endpoint>, Trouble> {
        let ip: Option<IpAddr> = self.maybe_shown()?;
        let transport = self.maybe_code(transport_from_code)?;
        let port = self.maybe_number()?;
        match (ip, transport, port) {
            (None, None, None) => Ok(None),
            (Some(ip), Some(transport), Some(port)) => Ok(Some(Endpoint { ip, transport, port })),
            _ => Err(self.damaged()),
        }
    }

    /// An endpoint (`ip`, `transport`, `port`).
    pub(crate) fn endpoint(&mut self) -> Result<Endpoint, Trouble> {
        let endpoint = self.maybe_endpoint()?;
        self.there(endpoint)
    }

    /// Evidence (`evidence_source`, `evidence_record`, `evidence_offset`).
    pub(crate) fn evidence(&mut self) -> Result<Evidence, Trouble> {
        let source = SourceIndex(self.number()?);
        Ok(Evidence { source, record: self.number()?, offset: self.number()? })
    }

    /// Evidence, and the moment (`first_at`) behind it.
    pub(crate) fn sighting(&mut self) -> Result<Sighting, Trouble> {
        Ok(Sighting { evidence: self.evidence()?, at: self.moment()? })
    }
}

pub(crate) fn transport_from_code(code: &str) -> Option<Transport> {
    [Transport::Tcp, Transport::Udp].into_iter().find(|transport| transport.code() == code)
}

/// What [`Columns::maybe_endpoint`] reads.
pub(crate) fn endpoint_cells(endpoint: Option<Endpoint>) -> [Cell<'static>; 3] {
    match endpoint {
        None => [Cell::Null, Cell::Null, Cell::Null],
        Some(Endpoint { ip, transport, port }) => {
            [shown(ip), transport.code().into(), Cell::Integer(port.into())]
        }
    }
}

/// What [`Columns::evidence`] reads.
pub(crate) fn evidence_cells(evidence: Evidence) -> [Cell<'static>; 3] {
    let Evidence { source, record, offset } = evidence;
    [Cell::Integer(source.0.into()), record.into(), offset.into()]
}
