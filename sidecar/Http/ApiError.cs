namespace Sidecar.Http;

/// <summary>An error answer in Dapr's form: a status and <c>{"errorCode","message"[,"details"]}</c>.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="ErrorCode">For example <c>ERR_STATE_SAVE</c>.</param>
/// <param name="Message">Text for people, Dapr's own words where Dapr has them.</param>
/// <param name="Details">The rich error model's details, in Dapr's order; null where Dapr sends none.</param>
public sealed record ApiError(int Status, string ErrorCode, string Message, IReadOnlyList<ErrorDetail>? Details = null);

/// <summary>One detail of the rich error model. Source: google.rpc error_details.proto as Dapr writes it in JSON.</summary>
public abstract record ErrorDetail;

/// <summary><c>google.rpc.ErrorInfo</c> with domain <c>dapr.io</c>.</summary>
/// <param name="Reason">For example <c>DAPR_STATE_NOT_FOUND</c>.</param>
/// <param name="Metadata">Written as an object, or as <c>null</c> where null.</param>
public sealed record ErrorInfo(string Reason, IReadOnlyDictionary<string, string>? Metadata) : ErrorDetail;

/// <summary><c>google.rpc.ResourceInfo</c>: which component it was about.</summary>
/// <param name="ResourceType">For example <c>state</c> or <c>pubsub</c>.</param>
/// <param name="ResourceName">The component's name.</param>
/// <param name="Description">Often the message again; empty for state.</param>
public sealed record ResourceInfo(string ResourceType, string ResourceName, string Description) : ErrorDetail;

/// <summary><c>google.rpc.BadRequest</c> with one field violation.</summary>
/// <param name="Field">The field, or the value that was refused.</param>
/// <param name="Description">What is wrong with it.</param>
public sealed record BadRequestInfo(string Field, string Description) : ErrorDetail;
