BBBBBBB BBBBBBBBBBB
BBBB BBBB BB BBBBB
BBBBB BBBBB gettext(u'Request received') BBBBBBBB
BBBBB BBBBBBBBBBXXXXXXXXXXXXXXBBBBBBBB
BBBBB BBBBBBB
  XXXX XXXXXXXXXX XXXXXXXXXXX
    XXXXBB BBBBBBBBBBBB BB BBBBBBBB gettext(u'Your request was received') BBBB gettext(u'The request is entered') BBBBBXXXXX
    XX XXXXXXXXXXXXX gettext(u'Reference:')  XXXXXXX XXXXXXXXXXXXXXXXXXXXXXXXX
  XXXXXX
  XXXXXXXX XXXXXXXXXXXXXXXX
    XXXX gettext(u'What happens next') XXXXX
    XXX XXXXXXXXXXXXXXXX
      XXXXBB BBBBBBBBBBBB BB BBBBBBBB gettext(u'An acknowledgement goes to your organisation’s focal points by mail.') BBBB gettext(u'The State’s focal points are told by mail, and see it here.') BBBBBXXXXX
      XXXX gettext(u'An officer of UNODC reads the request. The first answer comes within 30 days.') XXXXX
      XXXX gettext(u'If there is a question, you find it on the page of the request, and get a mail.') XXXXX
    XXXXX
    XXXX XXXXXXXXXXXXX
      XX XXXXXXXXXXXXXXXXXXXX XXXXXXBBB BBBBBBBBB BBBBBBBBXX gettext(u'Follow the request') XXXX
      XX XXXXXXBBB BBBBBBBBBBBBBBBBB BBBBBBBBXX gettext(u'Print the receipt') XXXX
      XX XXXXXXBBB BBBBBBBBBBBBBBXX gettext(u'All requests') XXXX
    XXXXXX
  XXXXXXXXXX
BBBBBBBB
