/** A service as the portal's own database would have it. */
export interface Service {
  name: string;
  owner: Team;
  /** The instance it keeps its data in: its key, which is all that the portal knows of it. */
  cache: InstanceKey;
}

interface Team {
  name: string;
  channel: string;
}

interface InstanceKey {
  accountId: string;
  regionId: string;
  instanceId: string;
}

const CHECKOUT: Team = { name: 'checkout', channel: '#team-checkout' };
const IDENTITY: Team = { name: 'identity', channel: '#team-identity' };
const DISCOVERY: Team = { name: 'discovery', channel: '#team-discovery' };

/** Twelve services, each with an instance of its own, all in one region of the sandbox. */
export const SERVICES: readonly Service[] = [
  service('cart-recovery', CHECKOUT, 'r-bp1hiijq4hqh6psf1m'),
  service('carts', CHECKOUT, 'r-bp1sjjq30atxkebevn'),
  service('feed', DISCOVERY, 'r-bp1yksryf478htnay5'),
  service('fraud', CHECKOUT, 'r-bp1q1nnmmfz8ebip3g'),
  service('geo', DISCOVERY, 'r-bp1p7oy0u2q9beif81'),
  service('notifications', IDENTITY, 'r-bp11wnjur079n40wbk'),
  service('orders', CHECKOUT, 'r-bp1wpd7l5oabie7bzs'),
  service('pricing', CHECKOUT, 'r-bp1o68349rsfrn2qrw'),
  service('profile-export', IDENTITY, 'r-bp1kudbqkexf8jh0ub'),
  service('profiles', IDENTITY, 'r-bp1vveiftwp3vd8upq'),
  service('search', DISCOVERY, 'r-bp1v8xzs8dgxfy70wy'),
  service('tokens', IDENTITY, 'r-bp1tdifc8rbykad0cq'),
];

function service(name: string, owner: Team, instanceId: string): Service {
  return { name, owner, cache: { accountId: '1234567890123456', regionId: 'cn-hangzhou', instanceId } };
}
