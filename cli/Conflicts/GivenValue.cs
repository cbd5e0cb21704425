using System.Text.Json;
using Contracts.Customers;

namespace Cli.Conflicts;

/// <summary>A value from the command line, as the field wants it.</summary>
internal static class GivenValue
{
    /// <summary>JSON where the field holds a number or an object, or where nothing else can be meant; text otherwise.</summary>
    public static JsonElement Read(string field, string text)
    {
        var isText = field is ProfileFields.Name or ProfileFields.Email;
        if (!isText || text == "null" || text.StartsWith('"'))
        {
            try
            {
                return JsonElement.Parse(text);
            }
            catch (JsonException)
            {
                // Then it is meant as it stands, and the service says what is wrong with it.
            }
        }

        return JsonElement.Parse($"\"{JsonEncodedText.Encode(text)}\"");
    }
}
