import { builder } from './builder.ts';

const UNKNOWN = { description: 'The upstream sent a value that this gateway does not know.' };

export const InstanceStatus = builder.enumType('InstanceStatus', {
  description: 'The state of an instance.',
  values: {
    NORMAL: { description: 'Running normally.' },
    CREATING: { description: 'Being created.' },
    CHANGING: { description: 'Its configuration is being changed.' },
    INACTIVE: { description: 'Disabled.' },
    FLUSHING: { description: 'Its data is being cleared.' },
    RELEASED: { description: 'Released: deleted, or about to be.' },
    TRANSFORMING: { description: 'Its billing method is being changed.' },
    MIGRATING: { description: 'Being moved to another zone or host.' },
    BACKUP_RECOVERING: { description: 'Being restored from a backup.' },
    MINOR_VERSION_UPGRADING: { description: 'Being upgraded to a new minor version.' },
    NETWORK_MODIFYING: { description: 'Its network is being changed.' },
    SSL_MODIFYING: { description: 'Its TLS settings are being changed.' },
    MAJOR_VERSION_UPGRADING: { description: 'Being upgraded to a new major version.' },
    UNKNOWN,
  },
});

export const InstanceArchitecture = builder.enumType('InstanceArchitecture', {
  description: 'The architecture of an instance.',
  values: {
    CLUSTER: { description: 'Cluster: the data is spread over shards.' },
    STANDARD: { description: 'Standard: one primary node and its replica.' },
    RWSPLIT: { description: 'Read/write splitting: one primary node, and replicas that serve reads.' },
    UNKNOWN,
  },
});

export const InstanceEdition = builder.enumType('InstanceEdition', {
  description: 'The edition of an instance.',
  values: {
    COMMUNITY: { description: 'Redis Open-Source Edition.' },
    ENTERPRISE: { description: 'Tair (Enterprise Edition).' },
    UNKNOWN,
  },
});

export const ChargeType = builder.enumType('ChargeType', {
  description: 'How an instance is billed.',
  values: {
    PRE_PAID: { description: 'Subscription: paid in advance.' },
    POST_PAID: { description: 'Pay-as-you-go.' },
    UNKNOWN,
  },
});

export const NetworkType = builder.enumType('NetworkType', {
  description: 'The type of the network of an instance.',
  values: {
    VPC: { description: 'A virtual private cloud.' },
    CLASSIC: { description: 'The classic network.' },
    UNKNOWN,
  },
});
