namespace Contracts;

/// <summary>
/// Limits on what clients may send. A worst order is 100 lines x 100,000 pieces x 10,000,000 cents = 10^14 cents:
/// sums stay far below the 9 x 10^18 of a 64-bit number.
/// </summary>
public static class RequestLimits
{
    /// <summary>Lines of one order.</summary>
    public const int LinesMax = 100;

    /// <summary>Pieces of one line, or of one stock adjustment.</summary>
    public const long QuantityMax = 100_000;

    /// <summary>Price of one piece, in cents.</summary>
    public const long UnitPriceCentsMax = 10_000_000;

    /// <summary>Credit limit of one customer, in cents.</summary>
    public const long CreditLimitCentsMax = 100_000_000_000_000;

    /// <summary>Characters of an id (customer, SKU, order, idempotency key).</summary>
    public const int IdCharsMax = 64;

    /// <summary>Characters of a name.</summary>
    public const int TextCharsMax = 200;

    /// <summary>Characters of an e-mail address (RFC 5321, section 4.5.3.1.3: a path of 256 with its brackets).</summary>
    public const int EmailCharsMax = 254;

    /// <summary>Characters of a postal code.</summary>
    public const int PostalCodeCharsMax = 20;

    /// <summary>Bytes of a request body: far more than 100 lines need, so that too many lines are told by name and not only by size.</summary>
    public const long BodyBytesMax = 1024 * 1024;

    /// <summary>Bytes of a bulk delivery: 256 orders of 100 lines.</summary>
    public const long DeliveryBytesMax = 16 * 1024 * 1024;

    /// <summary>Entries of one page.</summary>
    public const int PageSizeMax = 1000;
}
