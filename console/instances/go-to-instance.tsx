import { type SubmitEvent, useRef, useState } from 'react';
import { type InstancesAddress, isInstanceId } from '../address/address.ts';
import { navigate } from '../address/use-address.ts';

/** For those who may read the backups of an instance but not the list: they know its id. */
export function GoToInstance({ address }: { address: InstancesAddress }) {
  const field = useRef<HTMLInputElement>(null);
  const [fault, setFault] = useState(false);
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const instanceId = (field.current?.value ?? '').trim();
    if (!isInstanceId(instanceId)) {
      setFault(true);
      return field.current?.focus();
    }
    navigate({ view: 'instance', regionId: address.regionId, accountId: address.accountId, instanceId, days: 30 });
  };
  return (
    <form className="go-to" onSubmit={submit} noValidate>
      <label htmlFor="instance-id">You may still be allowed to see one of its instances, by its id:</label>
      <div className="field-row">
        <input
          id="instance-id"
          ref={field}
          placeholder="r-…"
          autoComplete="off"
          spellCheck={false}
          aria-invalid={fault}
          aria-describedby={fault ? 'instance-id-fault' : undefined}
        />
        <button type="submit" className="button">
          Show
        </button>
      </div>
      {fault && (
        <p id="instance-id-fault" className="field-fault" role="alert">
          An id looks like <code>r-bp1zxszhcgatnx****</code>, in small letters and digits.
        </p>
      )}
    </form>
  );
}
