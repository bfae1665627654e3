import { type SubmitEvent, useId, useRef, useState } from 'react';
import { isAccountId } from '../address/address.ts';
import { navigate } from '../address/use-address.ts';
import { rememberRegion } from './last-region.ts';
import { useRegions } from './regions.ts';

/** Chooses the account and the region that are looked at. */
export function PlacePicker({ regionId, accountId }: { regionId: string | undefined; accountId: string | undefined }) {
  const { data } = useRegions();
  const regions = data?.regions ?? [];
  const isListed = regions.some((region) => region.regionId === regionId);
  const choose = (chosen: string) => {
    rememberRegion(chosen);
    navigate({ view: 'instances', regionId: chosen, accountId });
  };
  return (
    <div className="place">
      <AccountPicker key={accountId} accountId={accountId} regionId={regionId} />
      <label className="place-field">
        <span className="place-label">Region</span>
        <select value={regionId ?? ''} onChange={(event) => choose(event.target.value)}>
          {regionId === undefined && <option value="">choose</option>}
          {regionId !== undefined && !isListed && <option value={regionId}>{regionId}</option>}
          {regions.map((region) => (
            <option key={region.regionId} value={region.regionId}>
              {region.name ?? region.regionId}
            </option>
          ))}
        </select>
      </label>
    </div>
  );
}

function AccountPicker({ accountId, regionId }: { accountId: string | undefined; regionId: string | undefined }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const field = useRef<HTMLInputElement>(null);
  const [fault, setFault] = useState(false);
  const titleId = useId();
  const go = (chosen: string | undefined) => {
    dialog.current?.close();
    navigate(
      regionId === undefined ? { view: 'home', accountId: chosen } : { view: 'instances', regionId, accountId: chosen },
    );
  };
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const chosen = (field.current?.value ?? '').trim();
    if (chosen === '') return go(undefined);
    if (isAccountId(chosen)) return go(chosen);
    setFault(true);
    field.current?.focus();
  };
  return (
    <div className="place-field">
      <span className="place-label" aria-hidden="true">
        Account
      </span>
      <button
        type="button"
        className="place-button"
        aria-haspopup="dialog"
        aria-label={`Account: ${accountId ?? 'default'}`}
        onClick={() => dialog.current?.showModal()}
      >
        {accountId ?? 'default'}
      </button>
      <dialog ref={dialog} className="dialog" aria-labelledby={titleId}>
        <form onSubmit={submit} noValidate>
          <h2 id={titleId}>Which account?</h2>
          <label htmlFor="account">Id of an Alibaba Cloud account that this gateway serves</label>
          <input
            id="account"
            ref={field}
            defaultValue={accountId}
            inputMode="numeric"
            autoComplete="off"
            placeholder="1234567890123456"
            aria-invalid={fault}
            aria-describedby="account-hint"
          />
          <p id="account-hint" className={fault ? 'field-fault' : 'hint'}>
            {fault ? 'An account id has digits only.' : 'Leave it empty for the default account.'}
          </p>
          <div className="dialog-buttons">
            <button type="button" className="button button-quiet" onClick={() => dialog.current?.close()}>
              Cancel
            </button>
            <button type="submit" className="button button-primary">
              Show
            </button>
          </div>
        </form>
      </dialog>
    </div>
  );
}
