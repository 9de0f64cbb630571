//! Pages of a list.

/// Which page of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PageRequest {
    number: u32,
    size: u32,
}

impl PageRequest {
    /// The most rows of one page.
    pub const MAX_SIZE: u32 = 100;

    /// Page `number` (from 0) of pages of `size` rows; a size beyond [`PageRequest::MAX_SIZE`] is cut to it.
    pub fn new(number: u32, size: u32) -> Self {
        Self { number, size: size.clamp(1, Self::MAX_SIZE) }
    }

    /// The page's number, from 0.
    pub fn number(self) -> u32 {
        self.number
    }

    /// Rows of a full page.
    pub fn size(self) -> u32 {
        self.size
    }

    /// How many rows stand before the page.
    pub fn offset(self) -> u64 {
        u64::from(self.number) * u64::from(self.size)
    }
}

/// One page of a list, and how long the list is.
#[derive(Clone, Debug, PartialEq)]
pub struct Page<T> {
    /// The rows.
    pub rows: Vec<T>,
    /// What was asked for.
    pub request: PageRequest,
    /// Rows of the whole list.
    pub total: u64,
}

/// Rows of a list behind a place in it.
#[derive(Clone, Debug, PartialEq)]
pub struct Stretch<T> {
    /// The rows.
    pub rows: Vec<T>,
    /// Whether nothing comes behind them.
    pub is_last: bool,
    /// Rows of the whole list.
    pub total: u64,
}

impl<T> Page<T> {
    /// How many pages the list has.
    pub fn total_pages(&self) -> u64 {
        self.total.div_ceil(u64::from(self.request.size))
    }

    /// Whether nothing stands before it.
    pub fn is_first(&self) -> bool {
        self.request.number == 0
    }

    /// Whether nothing comes after it.
    pub fn is_last(&self) -> bool {
        u64::from(self.request.number) + 1 >= self.total_pages()
    }

    /// The same page with other rows.
    pub fn map<U>(self, convert: impl FnMut(T) -> U) -> Page<U> {
        Page { rows: self.rows.into_iter().map(convert).collect(), request: self.request, total: self.total }
    }
}
