//! Long sequences in pieces of time: the states of the recurrent layers are carried on from piece to
//! piece, so that work space is that of a piece, and no bit changes.

use core::ops::Range;

use super::Model;
use crate::error::Result;
use crate::plan::Plan;
use crate::spec::{ModelSpec, pieces};

/// Steps of a piece, by default.
pub const PIECE: usize = 1024;

/// The model's plan twice more, both with the layers' last states as further outputs.
#[derive(Clone, Debug)]
pub(super) struct Pieces {
    /// For the first piece.
    first: Plan,
    /// For the others: with initial states as further inputs, in the order of those outputs.
    next: Plan,
}

impl Pieces {
    /// `None` where a layer needs the whole sequence at once.
    fn new(spec: &ModelSpec) -> Option<Self> {
        let (first, next) = pieces::split(spec)?;
        let plan = |spec| Plan::build(spec).ok().map(|(plan, _)| plan);
        Some(Self { first: plan(&first)?, next: plan(&next)? })
    }
}

impl Model {
    /// Sets the steps of a piece: longer sequences are predicted piece by piece, where the layers
    /// allow it. [`PIECE`] by default. No result depends on it.
    pub fn set_piece(&mut self, steps: usize) {
        self.piece = steps.max(1);
    }

    /// Steps of the sequences of a slot, if they are longer than a piece and can be cut.
    pub(super) fn steps_to_cut(&mut self, slot: usize) -> Option<usize> {
        let longest = self.slots[slot].inputs.iter().flatten().map(|x| x.time).max().unwrap_or(1);
        if longest <= self.piece {
            return None;
        }
        // Inputs that are sequences have the same steps, or go with different outputs.
        let several = self.slots[slot].inputs.iter().flatten();
        if several.filter(|x| x.time > 1).any(|x| x.time != longest) {
            return None;
        }
        if self.pieces.is_none() {
            self.pieces = Pieces::new(&self.spec).map(Box::new);
        }
        self.pieces.is_some().then_some(longest)
    }

    /// Runs a block forward, piece by piece of its first `time` steps; `visit` sees the plan's outputs
    /// of each.
    pub(super) fn forward_in_pieces(
        &mut self,
        slot: usize,
        block: &[u32],
        time: usize,
        visit: &mut dyn FnMut(&Self, Range<usize>),
    ) -> Result<()> {
        let Some(mut pieces) = self.pieces.take() else { return Ok(()) };
        let mut states: Vec<Vec<f32>> = Vec::new();
        let mut result = Ok(());
        for start in (0..time).step_by(self.piece) {
            let window = start..time.min(start + self.piece);
            let plan = if start == 0 { &mut pieces.first } else { &mut pieces.next };
            core::mem::swap(&mut self.plan, plan);
            result = self.run_piece(slot, block, &window, &mut states);
            if result.is_ok() {
                visit(self, window);
            }
            core::mem::swap(&mut self.plan, plan);
            if result.is_err() {
                break;
            }
        }
        self.pieces = Some(pieces);
        result
    }

    /// One piece, with the plan for it: from the states that are there to those after it.
    fn run_piece(
        &mut self,
        slot: usize,
        block: &[u32],
        window: &Range<usize>,
        states: &mut Vec<Vec<f32>>,
    ) -> Result<()> {
        self.load_window(slot, block, window)?;
        let inputs = self.slots[slot].inputs.len();
        let arena = self.arena.as_mut_slice();
        for (state, value) in states.iter().zip(&self.plan.values[inputs..]) {
            arena[value.y.clone()].copy_from_slice(state);
        }
        self.forward(None);
        let arena = self.arena.as_slice();
        let outputs = self.spec.outputs.len()..self.plan.outputs.len();
        *states = outputs.map(|i| arena[self.plan.output(i).y.clone()].to_vec()).collect();
        Ok(())
    }
}
