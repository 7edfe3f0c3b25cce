/**
 * The aggregate's questions, asked of DuckDB: `duckdb.mjs csv FILE`, `duckdb.mjs json FOLDER`. Per industry and
 * metric: how many firms, mean, deviation and quartiles of the change at each milestone. `duckdb.mjs version`
 * fails where neither the package is in BENCH_PEERS nor `duckdb` on PATH.
 */
import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';

const [kind, from] = process.argv.slice(2);

/** Answers with rows: by the package, or by the program. */
async function connect() {
  const require = createRequire(resolve(process.env.BENCH_PEERS ?? '.', 'node_modules/none.js'));
  try {
    const { DuckDBInstance } = require('@duckdb/node-api');
    const connection = await (await DuckDBInstance.create(':memory:')).connect();
    return async (sql) => (await connection.runAndReadAll(sql)).getRows();
  } catch (error) {
    if (error.code !== 'MODULE_NOT_FOUND') throw error;
    const lines = (sql) =>
      execFileSync('duckdb', ['-noheader', '-list', '-c', sql], { encoding: 'utf8' }).trim();
    return async (sql) =>
      lines(sql)
        .split('\n')
        .map((line) => line.split('|'));
  }
}

const rows = await connect();

if (kind === 'version') console.log((await rows('select version()'))[0][0]);
else {
  const table =
    kind === 'csv'
      ? `read_csv('${from}', header = true)`
      : `(select firm, industry, target_label as label, status, metric, deltas->>metric as delta,
            realized_roi_12_months_estimate.net_roi_percent as roi
          from (select *, unnest(json_keys(deltas)) as metric
            from read_json('${from}/outcome/*.json', columns = {firm: 'VARCHAR', target_label: 'VARCHAR',
              status: 'VARCHAR', deltas: 'JSON',
              realized_roi_12_months_estimate: 'STRUCT(net_roi_percent DOUBLE)'}))
          join read_json('${from}/firm/*.json', columns = {slug: 'VARCHAR', industry: 'VARCHAR'})
            on slug = firm)`;
  const sql = `select industry, label, metric, count(distinct firm), avg(delta::double), stddev(delta::double),
      quantile_cont(delta::double, [0.25, 0.5, 0.75]), quantile_cont(roi::double, [0.25, 0.5, 0.75]),
      count(*) filter (status = 'on_track')
    from ${table} where delta is not null group by all order by all`;
  for (const row of await rows(sql)) console.log(row.map(String).join('\t'));
}
