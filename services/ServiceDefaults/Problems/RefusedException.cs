using Microsoft.AspNetCore.Http;

namespace ServiceDefaults.Problems;

/// <summary>A request that is refused with a problem (RFC 9457). Thrown inside a unit of work it takes the unit back.</summary>
public sealed class RefusedException : Exception
{
    /// <summary>A problem without fields, for example an unknown id.</summary>
    public RefusedException(int status, string title, string detail)
        : base(detail)
    {
        Status = status;
        Title = title;
        Errors = new Dictionary<string, string[]>();
    }

    /// <summary>A problem with fields: 422.</summary>
    public RefusedException(IDictionary<string, string[]> errors)
        : base("See errors for the fields at fault. Nothing was changed.")
    {
        Status = StatusCodes.Status422UnprocessableEntity;
        Title = "The request is not valid.";
        Errors = errors;
    }

    /// <summary>HTTP status.</summary>
    public int Status { get; }

    /// <summary>What is wrong, in short.</summary>
    public string Title { get; }

    /// <summary>Sentences by field; empty where no field is at fault.</summary>
    public IDictionary<string, string[]> Errors { get; }

    /// <summary>404 for an id that does not exist.</summary>
    public static RefusedException NotFound(string what, string id) =>
        new(StatusCodes.Status404NotFound, "Not found.", $"There is no {what} '{Contracts.FieldErrors.Shorten(id)}'.");

    /// <summary>Throws if there are errors.</summary>
    public static void ThrowIfAny(Contracts.FieldErrors errors) => ThrowIfAny(errors.ToDictionary());

    /// <summary>Throws if there are errors.</summary>
    public static void ThrowIfAny(IDictionary<string, string[]> errors)
    {
        if (errors.Count > 0)
        {
            throw new RefusedException(errors);
        }
    }
}
