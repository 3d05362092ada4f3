const methods: Readonly<Record<string, string>> = { MeetingRequest: 'REQUEST', MeetingCancellation: 'CANCEL', MeetingResponse: 'REPLY' };

/** The iTIP method (RFC 5546) that a message about a meeting stands for, by the element of the item; other items have none. */
export const methodOf = (element: string): string | undefined => methods[element];
