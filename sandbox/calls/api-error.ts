/** An error as the upstream's gateway answers it. */
export class ApiError extends Error {
  readonly code: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    code: string,
    details: { message?: string | undefined; status?: number | undefined; headers?: Record<string, string> } = {},
  ) {
    super(details.message ?? MESSAGES[code] ?? `The request failed with ${code}.`);
    this.name = 'ApiError';
    this.code = code;
    this.status = details.status ?? STATUSES[code] ?? 400;
    this.headers = details.headers ?? {};
  }
}

/** `MissingRegionId`: how the upstream's gateway names a mandatory parameter that is not there. */
export function missing(name: string): ApiError {
  return new ApiError(`Missing${name}`, { message: `${name} is mandatory for this action.` });
}

/** `InvalidParameter`, naming the one that is wrong. */
export function invalid(name: string): ApiError {
  return new ApiError('InvalidParameter', { message: `The specified parameter ${name} is not valid.` });
}

/** The JSON body of an error. */
export function errorBody(
  error: ApiError,
  request: { requestId: string; host: string; action: string; accountId: string | undefined },
) {
  return {
    RequestId: request.requestId,
    HostId: request.host,
    Code: error.code,
    Message: error.message,
    Recommend: `https://api.aliyun.com/troubleshoot?q=${encodeURIComponent(error.code)}&product=R-kvstore`,
    ...(error.code === 'Forbidden.RAM' || error.code === 'NoPermission'
      ? { AccessDeniedDetail: accessDeniedDetail(request.action, request.accountId) }
      : {}),
  };
}

function accessDeniedDetail(action: string, accountId: string | undefined) {
  return {
    AuthAction: `kvstore:${action}`,
    AuthPrincipalType: 'SubUser',
    AuthPrincipalOwnerId: accountId ?? '',
    AuthPrincipalDisplayName: '288774244375210001',
    NoPermissionType: 'ImplicitDeny',
    PolicyType: 'AccountLevelIdentityBasedPolicy',
    EncodedDiagnosticMessage: Buffer.from(`kvstore:${action} is not allowed`).toString('base64'),
  };
}

/** What is not here is 400. */
const STATUSES: Readonly<Record<string, number>> = {
  'InvalidAccessKeyId.NotFound': 404,
  'InvalidApi.NotFound': 404,
  'InvalidInstanceId.NotFound': 404,
  'InvalidRegion.NotFound': 404,
  'Forbidden.RAM': 403,
  'Forbidden.AccessKeyDisabled': 403,
  'Forbidden.RiskControl': 403,
  NoPermission: 403,
  IncorrectDBInstanceState: 403,
  InternalError: 500,
  UnknownError: 500,
  ServiceUnavailable: 503,
};

const MESSAGES: Readonly<Record<string, string>> = {
  'Forbidden.AccessKeyDisabled': 'The Access Key is disabled.',
  'Forbidden.RAM': "User not authorized to operate on the specified resource, or this API doesn't support RAM.",
  IncompleteSignature: 'The request signature does not conform to Aliyun standards.',
  IncorrectDBInstanceState: 'Current DB instance state does not support this operation.',
  InternalError: 'The request processing has failed due to some unknown error, exception or failure.',
  'InvalidAccessKeyId.Inactive': 'Specified access key is disabled.',
  'InvalidAccessKeyId.NotFound': 'Specified access key is not found.',
  'InvalidApi.NotFound': 'Specified api is not found, please check your url and method.',
  InvalidEndTime: 'The specified parameter EndTime must be later than StartTime.',
  'InvalidEndTime.Malformed': 'The specified parameter EndTime is not valid.',
  'InvalidInstanceId.NotFound': 'The specified instance is not found.',
  'InvalidInstanceIds.Malformed': 'The Specified parameter InstanceIds is not valid.',
  'InvalidRegion.NotFound': 'The specified region is not found.',
  'InvalidSecurityToken.Expired': 'Specified SecurityToken is expired.',
  'InvalidSecurityToken.Malformed': 'Specified SecurityToken is malformed.',
  'InvalidSecurityToken.MismatchWithAccessKey': 'Specified SecurityToken mismatch with the AccessKey.',
  'InvalidStartTime.Malformed': 'The specified parameter StartTime is not valid.',
  'InvalidTimeStamp.Expired': 'Specified time stamp or date value is expired.',
  'InvalidTimeStamp.Format': 'Specified time stamp or date value is not well formatted.',
  MissingSecurityToken: 'SecurityToken is mandatory for this action.',
  NoPermission: 'You are not authorized to do this action. You should be authorized by RAM.',
  ServiceUnavailable: 'The request has failed due to a temporary failure of the server.',
  SignatureNonceUsed: 'Specified signature nonce was used already.',
  Throttling: 'Request was denied due to request throttling.',
  'Throttling.Api': 'Request was denied due to api flow control.',
  'Throttling.User': 'Request was denied due to user flow control.',
  UnsupportedHTTPMethod: 'This http method is not supported.',
};
