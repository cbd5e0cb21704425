using Contracts;
using Microsoft.AspNetCore.Http;

namespace ServiceDefaults.Security;

/// <summary>
/// Who is behind an operator's action: the id of the gateway's key. The gateway says so in a header, which a service believes since
/// the app token proves that its sidecar calls, and the access control list lets nobody but the gateway call there.
/// </summary>
public static class Operator
{
    /// <summary>Name of the header.</summary>
    public const string Header = "Consistency-Operator";

    /// <summary>The key's id; null where the gateway has no keys.</summary>
    public static string? Of(HttpContext http) => http.Request.Headers[Header] is [{ } who] && FieldErrors.IsId(who) ? who : null;
}
