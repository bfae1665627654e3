import { useEffect, useRef, useState } from 'react';
import { INSTANCE_ARCHITECTURES, INSTANCE_STATUSES, type InstancesAddress } from '../address/address.ts';
import { navigate } from '../address/use-address.ts';
import { inWords } from '../formatting/amounts.ts';

const TYPING_PAUSE_MS = 350;

/** Narrows the list, upstream: a filter costs no more calls. What is chosen stands in the address. */
export function InstanceFilters({ address }: { address: InstancesAddress }) {
  const [search, setSearch] = useState(address.search ?? '');
  const [searched, setSearched] = useState(address.search);
  // The browser's buttons change the address under the field.
  if (searched !== address.search) {
    setSearched(address.search);
    if (address.search !== (search.trim() || undefined)) setSearch(address.search ?? '');
  }
  const field = useRef<HTMLInputElement>(null);
  const latest = useRef(address);
  latest.current = address;

  useEffect(() => {
    const wanted = search.trim() || undefined;
    if (wanted === latest.current.search) return;
    const timer = setTimeout(() => navigate({ ...latest.current, search: wanted }, { replace: true }), TYPING_PAUSE_MS);
    return () => clearTimeout(timer);
  }, [search]);

  useEffect(() => {
    const focus = (event: KeyboardEvent) => {
      const isTyping = event.target instanceof HTMLElement && event.target.matches('input, select, textarea');
      if (event.key !== '/' || isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      field.current?.focus();
    };
    window.addEventListener('keydown', focus);
    return () => window.removeEventListener('keydown', focus);
  }, []);

  return (
    <search className="filters">
      <label className="visually-hidden" htmlFor="search">
        Search by name or id
      </label>
      <input
        id="search"
        ref={field}
        type="search"
        value={search}
        placeholder="Name or id"
        autoComplete="off"
        spellCheck={false}
        aria-keyshortcuts="/"
        onChange={(event) => setSearch(event.target.value)}
      />
      <Choice
        label="Status"
        value={address.status}
        choices={INSTANCE_STATUSES}
        onChoose={(status) => navigate({ ...address, status })}
      />
      <Choice
        label="Architecture"
        value={address.architectureType}
        choices={INSTANCE_ARCHITECTURES}
        onChoose={(architectureType) => navigate({ ...address, architectureType })}
      />
    </search>
  );
}

function Choice<T extends string>(props: {
  label: string;
  value: T | undefined;
  choices: readonly T[];
  onChoose: (chosen: T | undefined) => void;
}) {
  const { label, value, choices, onChoose } = props;
  return (
    <label className="choice">
      <span className="visually-hidden">{label}</span>
      <select
        value={value ?? ''}
        onChange={(event) => onChoose(choices.find((choice) => choice === event.target.value))}
      >
        <option value="">{label}: any</option>
        {choices.map((choice) => (
          <option key={choice} value={choice}>
            {inWords(choice)}
          </option>
        ))}
      </select>
    </label>
  );
}
