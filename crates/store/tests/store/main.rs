//! What a store promises, held against real files, real processes and real full disks.

#[cfg(test)]
mod answers;
#[cfg(test)]
mod attachments;
#[cfg(test)]
mod child;
#[cfg(test)]
mod damaged;
#[cfg(test)]
mod full;
#[cfg(test)]
mod judged_again;
#[cfg(test)]
mod killed;
#[cfg(test)]
mod lists;
#[cfg(test)]
mod notices;
#[cfg(test)]
mod older;
#[cfg(test)]
mod opening;
#[cfg(test)]
mod people;
#[cfg(test)]
mod permissions;
#[cfg(test)]
mod redact;
#[cfg(test)]
mod round_trip;
#[cfg(test)]
mod rows;
#[cfg(test)]
mod sample;
#[cfg(test)]
mod shared;
#[cfg(test)]
mod strategies;
#[cfg(test)]
mod views;
#[cfg(test)]
mod work;
