import { didYouMean } from '../domain/closest.ts';
import { isDate, isTimeZone } from '../domain/date.ts';
import type { Firm } from '../domain/firm.ts';
import { firmId } from '../domain/id.ts';
import { parseMetric } from '../domain/metric.ts';
import { isSlug, toSlug } from '../domain/slug.ts';
import { plainText } from '../report/plain.ts';
import { todayFor, type Workspace } from '../store/workspace.ts';
import { type CommandContext, listFlag, textFlag, usage } from './context.ts';
import { economicsAbout, readAmount } from './economics-flags.ts';

/** A firm from flags; a person is asked for what is missing. All figures stay null until somebody knows them. */
export async function newFirm(context: CommandContext, workspace: Workspace, slug: string): Promise<Firm> {
  const absent = ['name', 'industry'].filter((flag) => (textFlag(context, flag) ?? '').trim() === '');
  if (absent.length > 0 && !context.prompter) {
    const flags = absent.map((flag) => `--${flag}`).join(' and ');
    throw usage(
      'missing-option',
      `${flags} ${absent.length > 1 ? 'are' : 'is'} missing`,
      'See "scend firm add --help".',
    );
  }
  const name = await required(context, 'name', 'What is the firm called?');
  const industry = await required(context, 'industry', 'Which industry (one word, such as real_estate)?');
  checkTexts(context, name, industry);
  const goLiveDate = textFlag(context, 'go-live-date');
  if (goLiveDate !== null && !isDate(goLiveDate))
    throw usage('bad-date', `--go-live-date "${goLiveDate}" is no date`, 'Write it like 2026-03-06.');
  const asked = context.prompter !== null && textFlag(context, 'name') === null;
  const amount = async (flag: string, about: string): Promise<number | null> => {
    const given = textFlag(context, flag) ?? (asked ? await askAmount(context, flag, about) : null);
    return given === null || given.trim() === '' ? null : readAmount(flag, given);
  };
  const teamSize = await amount('team-size', 'how many people work there');
  if (teamSize !== null && (!Number.isInteger(teamSize) || teamSize < 1)) {
    throw usage('bad-number', `--team-size "${teamSize}" is no whole number of people`, 'Write it like 9.');
  }
  const figures = new Map<string, number | null>();
  for (const [flag, about] of economicsAbout) {
    const optional = flag === 'gross-margin' || flag === 'recapture-rate';
    figures.set(flag, optional && textFlag(context, flag) === null ? null : await amount(flag, about));
  }
  const figure = (flag: string) => figures.get(flag) ?? null;
  return {
    id: firmId(workspace.settings.id, slug),
    slug,
    name,
    industry,
    teamSize,
    annualRevenue:
      textFlag(context, 'annual-revenue') === null
        ? null
        : readAmount('annual-revenue', textFlag(context, 'annual-revenue') ?? ''),
    ownerName: textFlag(context, 'owner-name'),
    ownerEmail: textFlag(context, 'owner-email'),
    cohort: textFlag(context, 'cohort'),
    goLiveDate,
    createdAt: todayFor(workspace, { timezone: textFlag(context, 'timezone') }),
    timezone: textFlag(context, 'timezone'),
    economics: {
      currency: textFlag(context, 'currency') ?? workspace.settings.currency,
      blendedHourlyRate: figure('blended-hourly-rate'),
      annualLeadVolume: figure('annual-lead-volume'),
      avgDealValue: figure('avg-deal-value'),
      grossMargin: figure('gross-margin'),
      recaptureRate: figure('recapture-rate'),
      implementationCost: figure('implementation-cost'),
      costAvoidanceItems: [],
    },
  };
}

/** Refuses what would block the firm, or split it from its industry, later. */
function checkTexts(context: CommandContext, name: string, industry: string): void {
  const texts = { name, 'owner-name': textFlag(context, 'owner-name'), cohort: textFlag(context, 'cohort') };
  for (const [flag, text] of Object.entries(texts)) {
    if (text === null || (text.length <= 200 && plainText(text) === text && !/[\n\t]/.test(text))) continue;
    throw usage(
      'bad-text',
      `--${flag} holds control characters or is too long`,
      'Use plain text of at most 200 characters.',
    );
  }
  if (!isSlug(industry)) {
    const near = toSlug(industry);
    throw usage(
      'bad-industry',
      `--industry "${plainText(industry)}" is not one word`,
      near ? `Try "${near}".` : 'Write it like real_estate.',
    );
  }
  const timezone = textFlag(context, 'timezone');
  if (timezone !== null && !isTimeZone(timezone)) {
    throw usage(
      'bad-timezone',
      `"${plainText(timezone)}" is no IANA time zone`,
      'Write it like Europe/Berlin.',
    );
  }
  const currency = textFlag(context, 'currency');
  if (currency !== null && !/^[A-Z]{3}$/.test(currency)) {
    throw usage('bad-currency', `"${plainText(currency)}" is no currency code`, 'Write it like USD.');
  }
  const mail = textFlag(context, 'owner-email');
  if (mail !== null && !/^[^\s@<>]+@[^\s@<>]+$/.test(mail)) {
    throw usage('bad-email', `"${plainText(mail)}" is no mail address`, 'Write it like dana@example.org.');
  }
}

async function required(context: CommandContext, flag: string, message: string): Promise<string> {
  const given = textFlag(context, flag);
  if (given !== null && given.trim() !== '') return given.trim();
  if (!context.prompter) throw usage('missing-option', `--${flag} is missing`, `Give --${flag}.`);
  return (
    await context.prompter.text({
      message,
      validate: (answer) => (answer.trim() === '' ? 'An answer is needed' : undefined),
    })
  ).trim();
}

async function askAmount(context: CommandContext, flag: string, about: string): Promise<string | null> {
  if (!context.prompter) return null;
  return context.prompter.text({
    message: `${flag.replaceAll('-', ' ')}: ${about}`,
    placeholder: 'empty: not known yet',
    validate: (answer) =>
      /^\s*(?:\d+(?:\.\d+)?)?\s*$/.test(answer) ? undefined : 'A plain number, without units or separators',
  });
}

/** 90-day targets from `--target NAME=VALUE`. Throws `usage/bad-target`. */
export function readTargets(context: CommandContext, workspace: Workspace): Record<string, number> {
  const targets: Record<string, number> = {};
  for (const pair of listFlag(context, 'target')) {
    const [written = '', ...rest] = pair.split('=');
    const name = written.trim().replaceAll('-', '_');
    const { metrics } = workspace.settings;
    const metric = metrics.find((one) => one.name === name);
    if (!metric) {
      const names = metrics.map((one) => one.name);
      throw usage(
        'bad-target',
        `--target "${pair}" names no metric`,
        didYouMean(name, names) || `The metrics are ${names.join(', ')}.`,
      );
    }
    const read = parseMetric(metric, rest.join('='));
    if (!read.ok || read.value === null) {
      throw usage(
        'bad-target',
        `--target "${pair}": ${read.ok ? 'a value is missing' : read.why}`,
        'Write it NAME=VALUE, such as lead_to_appt_rate=40%.',
      );
    }
    targets[name] = read.value;
  }
  return targets;
}
