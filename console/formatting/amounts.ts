const BINARY_UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'] as const;

/** `14.2 GiB`, with three digits that count. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1023.5 && unit < BINARY_UNITS.length - 1) {
    value /= 1024;
    unit += 1;
  }
  const digits = unit === 0 || value >= 100 ? 0 : value >= 10 ? 1 : 2;
  return `${value.toFixed(digits)} ${BINARY_UNITS[unit]}`;
}

/** `4 GiB` of 4096: memory is sold in whole units. */
export function formatMegabytes(megabytes: number): string {
  const [value, unit] = megabytes >= 1024 ? [megabytes / 1024, 'GiB'] : [megabytes, 'MiB'];
  return `${Number.isInteger(value) ? value : value.toFixed(1)} ${unit}`;
}

/** `1 shard`, `8 shards`. */
export function count(amount: number, one: string, many = `${one}s`): string {
  return `${amount.toLocaleString('en')} ${amount === 1 ? one : many}`;
}

/** `BACKUP_RECOVERING` as `backup recovering`. */
export function inWords(enumValue: string): string {
  return enumValue.toLowerCase().replaceAll('_', ' ');
}
