import { type GiveWay, neverGiveWay } from '../giveWay.ts';

/** A matrix in one array, row-major. */
export interface Matrix {
  data: Float64Array;
  rows: number;
  columns: number;
}

/** y ≈ (x − xMean)·weights + yMean. */
export interface Ridge {
  /** [inputs, outputs] */
  weights: Matrix;
  xMean: Float64Array;
  yMean: Float64Array;
  /** Penalty on the squared weights. */
  penalty: number;
  /** Mean squared error on the validation rows. */
  validationError: number;
}

const PENALTIES = [0.01, 0.1, 1, 10, 100, 1000, 10000];

/** Least squares with a penalty, by normal equations; the penalty with the least validation error is taken. */
export async function fitRidge(
  x: Matrix,
  y: Matrix,
  xValidation: Matrix,
  yValidation: Matrix,
  giveWay: GiveWay = neverGiveWay,
): Promise<Ridge> {
  const xMean = columnMeans(x);
  const yMean = columnMeans(y);
  const { gram, cross } = await normalEquations(center(x, xMean), center(y, yMean), giveWay);
  let best: Ridge | undefined;
  for (const penalty of PENALTIES) {
    const weights = {
      data: await solve(gram, cross, x.columns, y.columns, penalty, giveWay),
      rows: x.columns,
      columns: y.columns,
    };
    const fit: Ridge = { weights, xMean, yMean, penalty, validationError: 0 };
    const predicted = predictRidge(fit, xValidation);
    fit.validationError = meanSquare(predicted, yValidation);
    if (best === undefined || fit.validationError < best.validationError) best = fit;
  }
  return best as Ridge;
}

export function predictRidge({ weights, xMean, yMean }: Ridge, x: Matrix): Matrix {
  const outputs = weights.columns;
  const data = new Float64Array(x.rows * outputs);
  for (let r = 0; r < x.rows; r++) {
    const out = data.subarray(r * outputs, (r + 1) * outputs);
    out.set(yMean);
    for (let c = 0; c < x.columns; c++) {
      const value = (x.data[r * x.columns + c] as number) - (xMean[c] as number);
      for (let k = 0; k < outputs; k++) {
        out[k] = (out[k] as number) + value * (weights.data[c * outputs + k] as number);
      }
    }
  }
  return { data, rows: x.rows, columns: outputs };
}

function columnMeans({ data, rows, columns }: Matrix): Float64Array {
  const means = new Float64Array(columns);
  data.forEach((value, i) => {
    means[i % columns] = (means[i % columns] as number) + value / rows;
  });
  return means;
}

function center({ data, rows, columns }: Matrix, means: Float64Array): Matrix {
  return { data: data.map((value, i) => value - (means[i % columns] as number)), rows, columns };
}

function meanSquare(a: Matrix, b: Matrix): number {
  return (
    a.data.reduce((sum, value, i) => sum + (value - (b.data[i] as number)) ** 2, 0) / a.data.length
  );
}

/** gram = xᵀx, [inputs, inputs] (lower triangle); cross = xᵀy, [inputs, outputs]. */
async function normalEquations(x: Matrix, y: Matrix, giveWay: GiveWay) {
  const n = x.columns;
  const m = y.columns;
  const gram = new Float64Array(n * n);
  const cross = new Float64Array(n * m);
  for (let r = 0; r < x.rows; r++) {
    await giveWay();
    const row = x.data.subarray(r * n, (r + 1) * n);
    for (let i = 0; i < n; i++) {
      const value = row[i] as number;
      for (let j = 0; j <= i; j++)
        gram[i * n + j] = (gram[i * n + j] as number) + value * (row[j] as number);
      for (let k = 0; k < m; k++) {
        cross[i * m + k] = (cross[i * m + k] as number) + value * (y.data[r * m + k] as number);
      }
    }
  }
  return { gram, cross };
}

/** (gram + penalty·1)·w = cross by Cholesky's factorisation; w is [inputs, outputs]. */
async function solve(
  gram: Float64Array,
  cross: Float64Array,
  n: number,
  m: number,
  penalty: number,
  giveWay: GiveWay,
): Promise<Float64Array> {
  const lower = await cholesky(gram, n, penalty, giveWay);
  const w = cross.slice();
  const eliminate = (i: number, factor: (j: number) => number, from: number, to: number) => {
    for (let k = 0; k < m; k++) {
      let sum = w[i * m + k] as number;
      for (let j = from; j < to; j++) sum -= factor(j) * (w[j * m + k] as number);
      w[i * m + k] = sum / (lower[i * n + i] as number);
    }
  };
  for (let i = 0; i < n; i++) eliminate(i, (j) => lower[i * n + j] as number, 0, i);
  for (let i = n - 1; i >= 0; i--) eliminate(i, (j) => lower[j * n + i] as number, i + 1, n);
  return w;
}

async function cholesky(gram: Float64Array, n: number, penalty: number, giveWay: GiveWay) {
  const lower = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    await giveWay();
    for (let j = 0; j <= i; j++) {
      let sum = (gram[i * n + j] as number) + (i === j ? penalty : 0);
      for (let k = 0; k < j; k++)
        sum -= (lower[i * n + k] as number) * (lower[j * n + k] as number);
      // The penalty keeps the diagonal positive; rounding may not.
      lower[i * n + j] =
        i === j ? Math.sqrt(Math.max(sum, 1e-9)) : sum / (lower[j * n + j] as number);
    }
  }
  return lower;
}
