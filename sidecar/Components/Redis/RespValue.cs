using System.Text;

namespace Sidecar.Components.Redis;

/// <summary>The kinds of a RESP2 reply.</summary>
internal enum RespKind : byte
{
    /// <summary>No value: a nil bulk string or a nil array.</summary>
    Null,

    /// <summary>Text or bytes: a simple or a bulk string.</summary>
    Bytes,

    /// <summary>A whole number.</summary>
    Number,

    /// <summary>An array.</summary>
    Items,

    /// <summary>An error.</summary>
    Error,
}

/// <summary>One reply, or one value inside of one. Source: Redis docs, "RESP protocol spec", version 2.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Number">The number.</param>
/// <param name="Bytes">Bytes of a string or of an error's text; they are the value's own.</param>
/// <param name="Items">The array.</param>
internal readonly record struct RespValue(RespKind Kind, long Number, ReadOnlyMemory<byte> Bytes, RespValue[]? Items)
{
    /// <summary>The string or the error as text; a number in digits.</summary>
    public string Text => Kind == RespKind.Number ? Number.ToString() : Encoding.UTF8.GetString(Bytes.Span);

    /// <summary>True for nil.</summary>
    public bool IsNull => Kind == RespKind.Null;

    /// <summary>The values of an array; none where it is nil.</summary>
    /// <exception cref="RespFormatException">It is no array.</exception>
    public RespValue[] Array => Kind switch
    {
        RespKind.Items => Items!,
        RespKind.Null => [],
        _ => throw new RespFormatException($"an array was expected, not {Kind}"),
    };

    /// <summary>The value itself.</summary>
    /// <exception cref="RedisErrorException">It is an error.</exception>
    public RespValue OrThrow() => Kind == RespKind.Error ? throw new RedisErrorException(Text) : this;
}
