import { wholeNumber } from '../check.ts';

/** A stream of doubles in [0, 1), the same for the same seed. */
export interface RandomStream {
  /** The next double: 53 random bits from two draws. */
  next(): number;
}

const SIZE = 624;
const SHIFT = 397;

/**
 * NumPy's legacy generator, as after `np.random.seed(seed)`: MT19937 seeded by `init_genrand`,
 * doubles as `((a >>> 5) · 2²⁶ + (b >>> 6)) / 2⁵³`
 * (Matsumoto & Nishimura, mt19937ar.c). Gives the bits of `np.random.rand`.
 *
 * @param seed a whole number from 0 to 2³² − 1
 * @throws SpecError if the seed is anything else
 */
export function legacyRandom(seed: number): RandomStream {
  wholeNumber('legacyRandom: seed', seed, 0, 0xffffffff);
  const state = seededState(seed);
  let position = SIZE;
  const word = () => {
    if (position === SIZE) {
      regenerate(state);
      position = 0;
    }
    return temper(state[position++] as number);
  };
  return {
    next() {
      const high = word() >>> 5;
      const low = word() >>> 6;
      return (high * 67108864 + low) / 9007199254740992;
    },
  };
}

function seededState(seed: number): Uint32Array {
  const state = new Uint32Array(SIZE);
  state[0] = seed;
  for (let i = 1; i < SIZE; i++) {
    const previous = state[i - 1] as number;
    state[i] = Math.imul(1812433253, previous ^ (previous >>> 30)) + i;
  }
  return state;
}

function regenerate(state: Uint32Array): void {
  for (let i = 0; i < SIZE; i++) {
    const joined =
      ((state[i] as number) & 0x80000000) | ((state[(i + 1) % SIZE] as number) & 0x7fffffff);
    const twist = joined & 1 ? 0x9908b0df : 0;
    state[i] = (state[(i + SHIFT) % SIZE] as number) ^ (joined >>> 1) ^ twist;
  }
}

function temper(word: number): number {
  let y = word ^ (word >>> 11);
  y ^= (y << 7) & 0x9d2c5680;
  y ^= (y << 15) & 0xefc60000;
  return (y ^ (y >>> 18)) >>> 0;
}
